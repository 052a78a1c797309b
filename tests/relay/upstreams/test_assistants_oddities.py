"""The `assistants` upstream and servers with manners of their own."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from relay.errors import UpstreamLost
from relay.settings import Settings
from relay.upstreams import Start
from relay.upstreams.assistants import AssistantsUpstream

from .asking import ongoing

KEY = "sk-test-0123456789abcdef"
EVENT = b"event: thread.message.delta\ndata: {}\n\n"
START = Start(thread_id="thread_1", assistant_id="asst_1")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
StartServer = Callable[[Handler], Awaitable[TestServer]]
Serve = Callable[[Handler], Awaitable[AssistantsUpstream]]


def settings_for(url: str) -> Settings:
    fields = {"upstream": "assistants", "openai_base_url": url, "openai_api_key": KEY}
    return Settings.model_validate(fields)


async def take_all(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


@pytest.fixture
def start_server(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]],
) -> StartServer:
    """Start a server that has one handler for everything."""

    async def start_server(handler: Handler) -> TestServer:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        return await aiohttp_server(app)

    return start_server


@pytest.fixture
async def serve(start_server: StartServer) -> AsyncIterator[Serve]:
    """Start such a server, and give the upstream that asks it."""
    opened = []

    async def serve(handler: Handler) -> AssistantsUpstream:
        server = await start_server(handler)
        opened.append(AssistantsUpstream(settings_for(str(server.make_url("/v1")))))
        return opened[-1]

    yield serve
    for upstream in opened:
        await upstream.close()


async def test_a_stream_that_is_compressed_all_the_same_is_read(serve: Serve) -> None:
    async def compress(_: web.Request) -> web.StreamResponse:
        body = zlib.compress(EVENT * 3)
        headers = {"Content-Encoding": "deflate", "Content-Type": "text/event-stream"}
        return web.Response(body=body, headers=headers)

    upstream = await serve(compress)

    async with upstream.start_run(START) as chunks:
        received = await take_all(chunks)

    assert received == EVENT * 3


async def test_a_compressed_stream_that_breaks_off_is_lost(serve: Serve) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        headers = {"Content-Encoding": "deflate", "Content-Type": "text/event-stream"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(zlib.compress(EVENT)[:8])
        assert request.transport
        request.transport.close()
        return response

    upstream = await serve(break_off)

    async with upstream.start_run(START) as chunks:
        with pytest.raises(UpstreamLost):
            await take_all(chunks)


@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
async def test_an_answer_that_is_no_stream_may_have_started_a_run(
    content_type: str, serve: Serve
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"{}", content_type=content_type)

    upstream = await serve(answer)

    with pytest.raises(UpstreamLost) as raised:
        await upstream.start_run(START).__aenter__()

    assert raised.value.unknown


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b"[" * 100_000], ids=range(4))
async def test_an_answer_that_is_no_object_is_a_loss(body: bytes, serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    upstream = await serve(answer)

    with pytest.raises(UpstreamLost):
        await upstream.retrieve_thread("thread_1")


async def test_a_connection_is_closed_at_once_when_its_stream_is_left(serve: Serve) -> None:
    gone = asyncio.Event()

    async def never_end(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(EVENT)
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()
        return response

    upstream = await serve(never_end)

    async with upstream.start_run(START) as chunks:
        assert await anext(chunks) == EVENT

    async with asyncio.timeout(5):
        await gone.wait()


async def test_a_run_that_is_given_up_while_it_starts_leaves_no_connection(serve: Serve) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def never_answer(_: web.Request) -> web.StreamResponse:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()
        return web.Response()

    upstream = await serve(never_answer)
    starting = asyncio.ensure_future(upstream.start_run(START).__aenter__())
    await asked.wait()

    starting.cancel()

    async with asyncio.timeout(5):
        await gone.wait()
    assert starting.cancelled()


async def test_a_list_is_read_to_its_end_but_not_for_ever(serve: Serve) -> None:
    asked = []

    async def endless(request: web.Request) -> web.StreamResponse:
        asked.append(request.query.get("after"))
        entry = {"id": f"asst_{len(asked)}", "name": None}
        return web.json_response({"object": "list", "data": [entry], "has_more": True})

    upstream = await serve(endless)

    listed = await upstream.assistants()

    assert asked[:3] == [None, "asst_1", "asst_2"]
    assert len(listed) == len(asked) < 100


async def test_a_server_that_gives_the_whole_thread_gives_no_messages_of_other_runs(
    serve: Serve,
) -> None:
    messages = [{"id": "msg_1", "run_id": "run_1"}, {"id": "msg_2", "run_id": "run_2"}]

    async def whole_thread(_: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": messages, "has_more": False})

    upstream = await serve(whole_thread)

    found = await upstream.run_messages(ongoing("thread_1", "run_2"))

    assert [message["id"] for message in found] == ["msg_2"]


async def test_an_id_cannot_leave_its_place_in_the_path(serve: Serve) -> None:
    paths = []

    async def note(request: web.Request) -> web.StreamResponse:
        paths.append(request.raw_path)
        return web.json_response({})

    upstream = await serve(note)

    await upstream.retrieve_thread("../assistants?x=1")

    assert paths == ["/v1/threads/..%2Fassistants%3Fx%3D1"]


async def test_a_proxy_of_the_environment_is_used(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []

    async def note(request: web.Request) -> web.StreamResponse:
        paths.append(request.raw_path)
        return web.json_response({"id": "thread_1"})

    proxy = await start_server(note)
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", str(proxy.make_url("/")))
    upstream = AssistantsUpstream(settings_for("http://far.example/v1"))

    await upstream.retrieve_thread("thread_1")

    await upstream.close()
    assert paths == ["http://far.example/v1/threads/thread_1"]
