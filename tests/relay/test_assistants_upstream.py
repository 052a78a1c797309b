"""The `assistants` upstream against the scripted server, through OpenAI's own SDK."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest

from relay.errors import RelayError, ThreadBusy, UpstreamLost, UpstreamRefused
from relay.settings import Settings
from relay.upstreams import Page, Start, Stream
from relay.upstreams.assistants import AssistantsUpstream
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import COMMENTS, Cut, Drop, EndEarly, Fault, Insert, NeverAnswer, Stall
from tests.scripted.files import CHART
from tests.scripted.framing import Framing

QUESTION = {"role": "user", "content": "How are the bees?"}


def settings_for(server: ScriptedAssistants, **changes: Any) -> Settings:
    fields = {
        "upstream": "assistants",
        "openai_api_key": server.key,
        "openai_base_url": server.url,
        **changes,
    }
    return Settings.model_validate(fields)


@pytest.fixture
async def upstream(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    upstream = AssistantsUpstream(settings_for(scripted))
    yield upstream
    await upstream.close()


@pytest.fixture
async def hasty(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    """One that waits for no answer and through no silence."""
    changes = {"request_timeout": 0.2, "stall_timeout": 0.2}
    upstream = AssistantsUpstream(settings_for(scripted, **changes))
    yield upstream
    await upstream.close()


@pytest.fixture
async def thread_id(upstream: AssistantsUpstream) -> str:
    thread = await upstream.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


def start(thread_id: str, assistant_id: str = "plain-text") -> Start:
    return Start(thread_id=thread_id, assistant_id=assistant_id)


async def read(stream: Stream) -> bytes:
    async with stream as chunks:
        return await read_rest(chunks)


async def read_rest(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def sent(server: ScriptedAssistants, thread_id: str, first: int = 0) -> bytes:
    """The bytes that the server frames its latest run's events in."""
    framing = server.manners.framing
    events = server.thread(thread_id).runs[0].events[first:]
    frames = (framing.frame(event, number) for number, event in enumerate(events, 1))
    return framing.beginning() + b"".join(frames)


def last_request_id(server: ScriptedAssistants) -> str:
    """The server numbers what it is asked."""
    return f"req_{len(server.requests):032d}"


# Streams


@pytest.mark.parametrize(
    "framing",
    {
        "as OpenAI does": Framing(),
        "with CRLF, a byte order mark and comments": Framing(
            end_of_line="\r\n", byte_order_mark=True, chatty=True
        ),
        "without names, cut anywhere": Framing(names=False, write_bytes=7),
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_stream_comes_byte_for_byte(
    framing: tuple[str, Framing],
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
) -> None:
    scripted.manners.framing = framing[1]

    received = await read(upstream.start_run(start(thread_id, "unicode")))

    assert received == sent(scripted, thread_id)


async def test_what_is_no_event_comes_too(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", Insert(3, COMMENTS))

    received = await read(upstream.start_run(start(thread_id)))

    assert COMMENTS in received
    assert received.replace(COMMENTS, b"") == sent(scripted, thread_id)


async def test_a_chunk_is_there_before_the_next_is_sent(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    hold = scripted.hold(1)

    async with upstream.start_run(start(thread_id)) as chunks:
        first = await anext(chunks)

    assert first == sent(scripted, thread_id)
    assert first.count(b"\n\n") == 1
    hold.release()


async def test_a_compressing_server_is_asked_not_to(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.manners.gzip = True

    received = await read(upstream.start_run(start(thread_id)))

    assert received == sent(scripted, thread_id)
    [request] = scripted.received("runs.create")
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["Accept"] == "text/event-stream"


async def test_a_run_goes_on_with_the_outputs_of_its_tools(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id, "function-call")))
    run = scripted.thread(thread_id).runs[0]
    already = len(run.events)
    outputs = [{"tool_call_id": call_id, "output": "sunny"} for call_id in run.waiting]

    received = await read(upstream.submit_tool_outputs(thread_id, run.id, outputs))

    assert received == sent(scripted, thread_id, already)
    assert run.status == "completed"
    [request] = scripted.received("runs.submit_tool_outputs")
    assert request.body == {"tool_outputs": outputs, "stream": True}


async def test_two_hundred_streams_are_open_at_once(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    hold = scripted.hold(1)
    threads = [await upstream.create_thread({}) for _ in range(200)]

    async with AsyncExitStack() as stack:
        for thread in threads:
            chunks = await stack.enter_async_context(upstream.start_run(start(thread["id"])))
            assert await anext(chunks)
        hold.release()

    assert len(scripted.received("runs.create")) == 200


async def test_leaving_a_stream_leaves_the_run_alone(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    hold = scripted.hold(3)
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)
    hold.release()

    await scripted.finished(scripted.thread(thread_id).runs[0].id)

    run = await upstream.retrieve_run(thread_id, scripted.thread(thread_id).runs[0].id)
    assert run["status"] == "completed"


# Streams that break


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
async def test_a_cut_is_told_after_what_came_before_it(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str, *, reset: bool
) -> None:
    hold = scripted.hold(4)
    scripted.fail_next("runs.create", Cut(5, reset=reset))
    received = b""

    async with upstream.start_run(start(thread_id)) as chunks:
        while received.count(b"\n\n") < 4:
            received += await anext(chunks)
        hold.release()
        with pytest.raises(UpstreamLost):
            await read_rest(chunks)

    assert sent(scripted, thread_id).startswith(received)


async def test_silence_is_a_loss(
    scripted: ScriptedAssistants, hasty: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", Stall(2))

    async with hasty.start_run(start(thread_id)) as chunks:
        with pytest.raises(UpstreamLost):
            await read_rest(chunks)


async def test_an_end_in_good_order_is_only_an_end(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", EndEarly(2))

    received = await read(upstream.start_run(start(thread_id)))

    assert received.count(b"\n\n") == 2


# Requests that fail


@pytest.mark.parametrize("status", [400, 404, 409, 429])
async def test_what_a_client_can_mend_is_passed_on(
    status: int, scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next(
        "runs.create",
        status=status,
        headers={"Retry-After": "7"},
        message="No bees today.",
        code="no_bees",
    )

    with pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    error = raised.value
    assert error.http_status == status
    assert str(error) == "No bees today."
    assert error.to_json()["error"]["code"] == "no_bees"
    assert error.headers["Retry-After"] == "7"
    assert error.request_id == last_request_id(scripted)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
async def test_what_a_client_cannot_mend_is_told_in_other_words(
    status: int, scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", status=status, message="Secret plans.")

    with pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    assert raised.value.http_status == 502
    assert "Secret plans" not in str(raised.value.to_json())
    assert last_request_id(scripted) in str(raised.value)


async def test_a_refused_start_is_not_repeated(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", status=500)

    with pytest.raises(UpstreamRefused):
        await read(upstream.start_run(start(thread_id)))

    assert len(scripted.received("runs.create")) == 1


async def test_a_body_that_is_no_error_object_is_a_refusal_all_the_same(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("messages.list", status=404, body=["what?"])

    with pytest.raises(UpstreamRefused) as raised:
        await upstream.list_messages(thread_id, Page())

    assert raised.value.http_status == 404
    assert str(raised.value) == "the upstream answered 404"


async def test_a_run_of_someone_else_makes_the_thread_busy(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.hold(1)
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)

        with pytest.raises(ThreadBusy):
            await read(upstream.start_run(start(thread_id)))
        with pytest.raises(ThreadBusy):
            await upstream.create_message(thread_id, QUESTION)


@pytest.mark.parametrize(
    "fault",
    {
        "dropped before it": Drop(),
        "dropped after it": Drop(when_done=True),
        "no answer": NeverAnswer(),
        "no answer, but done": NeverAnswer(when_done=True),
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_start_without_an_answer_leaves_open_what_was_done(
    fault: tuple[str, Fault],
    scripted: ScriptedAssistants,
    hasty: AssistantsUpstream,
    thread_id: str,
) -> None:
    scripted.fail_next("runs.create", fault[1])

    with pytest.raises(UpstreamLost) as raised:
        await read(hasty.start_run(start(thread_id)))

    assert raised.value.unknown
    assert len(scripted.received("runs.create")) == 1


async def test_a_question_without_an_answer_leaves_nothing_open(
    scripted: ScriptedAssistants, hasty: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("threads.retrieve", NeverAnswer())

    with pytest.raises(UpstreamLost) as raised:
        await hasty.retrieve_thread(thread_id)

    assert not raised.value.unknown


async def test_a_refused_connection_cannot_have_started_anything(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    await scripted.stop()

    with pytest.raises(UpstreamLost) as raised:
        await read(upstream.start_run(start("thread_1")))

    assert not raised.value.unknown


@pytest.mark.parametrize("status", [400, 401, 500])
async def test_the_key_is_in_no_error_and_no_log_line(
    status: int,
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = "sk-proj-another_KEY-0123"
    headers = {"Retry-After": scripted.key}
    message = f"Wrong key {scripted.key}, or was it {other}?"
    scripted.fail_next("runs.create", status=status, headers=headers, message=message, code=other)

    with caplog.at_level(logging.DEBUG, "relay"), pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    told = f"{raised.value.to_json()} {raised.value} {raised.value.headers} {caplog.text}"
    assert scripted.key not in told
    assert other not in told


# All other requests


async def test_a_message_goes_there_and_comes_back(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    body = {"role": "user", "content": [{"type": "text", "text": "Und die Bienen? 🐝"}]}

    message = await upstream.create_message(thread_id, body)

    page = await upstream.list_messages(thread_id, Page(limit=1))
    assert page["data"] == [message]
    assert page["has_more"] is True
    assert scripted.received("messages.create")[0].body == body


async def test_a_page_is_asked_for_as_it_is_meant(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    second = await upstream.create_message(thread_id, QUESTION)

    page = await upstream.list_messages(thread_id, Page(limit=5, order="asc", before=second["id"]))

    assert [message["id"] for message in page["data"]] != [second["id"]]
    query = scripted.received("messages.list")[0].query
    assert query == {"limit": "5", "order": "asc", "before": second["id"]}


async def test_the_messages_of_a_run_come_oldest_first(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id, "several-messages")))
    run = scripted.thread(thread_id).runs[0]

    messages = await upstream.run_messages(thread_id, run.id)

    page = await upstream.list_messages(thread_id, Page(limit=len(messages)))
    assert len(messages) > 1
    assert messages == page["data"][::-1]


@pytest.mark.parametrize(
    ("assistant_id", "status"),
    [("plain-text", "completed"), ("run-failed", "failed"), ("run-expired", "expired"),
     ("run-incomplete", "incomplete"), ("function-call", "requires_action")],
)  # fmt: skip
async def test_a_run_is_told_as_it_is(
    assistant_id: str,
    status: str,
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
) -> None:
    await read(upstream.start_run(start(thread_id, assistant_id)))
    run = scripted.thread(thread_id).runs[0]

    told = await upstream.retrieve_run(thread_id, run.id)

    wire = run.wire()
    assert told["status"] == status
    assert told["upstream_id"] == run.id
    for key in ("required_action", "last_error", "incomplete_details", "usage"):
        assert told.get(key) == wire[key]


async def test_a_run_that_is_cancelled_ends(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.hold("thread.message.delta")
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)
        run = scripted.thread(thread_id).runs[0]

        await upstream.cancel_run(thread_id, run.id)

        rest = await read_rest(chunks)
    assert b"event: thread.run.cancelled" in rest


async def test_a_run_that_has_ended_may_be_cancelled(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id)))
    run = scripted.thread(thread_id).runs[0]

    await upstream.cancel_run(thread_id, run.id)

    assert run.status == "completed"


async def test_a_run_that_is_not_there_cannot_be_cancelled(
    upstream: AssistantsUpstream, thread_id: str
) -> None:
    with pytest.raises(UpstreamRefused) as raised:
        await upstream.cancel_run(thread_id, "run_of_nobody")

    assert raised.value.http_status == 404


async def test_assistants_are_listed_with_their_names(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    listed = await upstream.assistants()

    scripts = scripted.account.scripts.values()
    assert {entry["id"]: entry["name"] for entry in listed} == {
        script.id: script.name for script in scripts
    }
    assert {*listed[0]} == {"id", "name", "description"}


async def test_a_server_that_lists_none_has_one(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    scripted.fail_next("assistants.list", status=404)

    listed = await upstream.assistants()

    assert [entry["id"] for entry in listed] == ["default"]


async def test_a_list_that_is_refused_otherwise_is_a_refusal(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    scripted.fail_next("assistants.list", status=429)

    with pytest.raises(UpstreamRefused):
        await upstream.assistants()


async def test_a_file_comes_with_its_name_and_type(
    upstream: AssistantsUpstream, thread_id: str
) -> None:
    async with upstream.file_content(thread_id, CHART.id) as file:
        content = await read_rest(file.chunks)

    assert content == CHART.content
    assert (file.content_type, file.filename) == ("image/png", CHART.filename)
    assert file.size == len(content)


async def test_the_query_of_the_settings_goes_with_every_request(
    scripted: ScriptedAssistants,
) -> None:
    settings = settings_for(scripted, upstream_query="api-version=v1&tenant=bees")
    upstream = AssistantsUpstream(settings)

    thread = await upstream.create_thread({})
    await upstream.list_messages(thread["id"], Page())
    await read(upstream.start_run(start(thread["id"])))

    await upstream.close()
    for request in scripted.requests:
        assert request.query["api-version"] == "v1"
        assert request.query["tenant"] == "bees"


REQUESTS: Mapping[str, Callable[[AssistantsUpstream], Awaitable[Any]]] = {
    "assistants": lambda upstream: upstream.assistants(),
    "create a thread": lambda upstream: upstream.create_thread({}),
    "retrieve a thread": lambda upstream: upstream.retrieve_thread("thread_1"),
    "list messages": lambda upstream: upstream.list_messages("thread_1", Page()),
    "create a message": lambda upstream: upstream.create_message("thread_1", QUESTION),
    "start a run": lambda upstream: read(upstream.start_run(start("thread_1"))),
    "retrieve a run": lambda upstream: upstream.retrieve_run("thread_1", "run_1"),
    "messages of a run": lambda upstream: upstream.run_messages("thread_1", "run_1"),
    "cancel a run": lambda upstream: upstream.cancel_run("thread_1", "run_1"),
}


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
async def test_a_server_that_is_gone_is_lost_to_every_request(
    ask: Callable[[AssistantsUpstream], Awaitable[Any]],
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
) -> None:
    await scripted.stop()

    with pytest.raises(RelayError) as raised:
        await asyncio.wait_for(ask(upstream), 10)

    assert isinstance(raised.value, UpstreamLost)
