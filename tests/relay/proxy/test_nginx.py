"""Behind the nginx of the README nothing is held back, and who comes back misses nothing."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from relay.settings import Settings
from tests.relay.conftest import StartRelay
from tests.relay.event_streams import statuses
from tests.relay.relays import Relay
from tests.relay.stores.redis_server import RedisServer
from tests.scripted.assistants import ScriptedAssistants

from .http2 import follow
from .nginx import nginx
from .readme import block


@pytest.fixture
async def through(relay: Relay, tmp_path: Path) -> AsyncIterator[Relay]:
    """The relay, behind nginx."""
    async with nginx(tmp_path, relay) as client:
        yield client


def events(client: Relay, thread_id: str) -> str:
    return f"{client.url}/threads/{thread_id}/events"


@pytest.mark.parametrize("version", ["HTTP/2", "HTTP/1.1"])
async def test_frames_pass_one_by_one(
    through: Relay, scripted: ScriptedAssistants, tmp_path: Path, version: str
) -> None:
    hold = scripted.hold(5)
    thread_id = await through.new_thread()
    await through.start(thread_id)
    following = (
        follow(events(through, thread_id), tmp_path, Accept_Encoding="gzip, br")
        if version == "HTTP/2"
        else through.follow(thread_id, Accept_Encoding="gzip, br")
    )
    async with following as feed:
        first = [await feed.next() for _ in range(6)]
        # Nothing follows a frame at the upstream before it has come out here.
        one_by_one = []
        for _ in range(8):
            hold.advance()
            one_by_one.append(await feed.next())
        hold.release()
        rest = await feed.until_ended()

    assert "content-encoding" not in feed.response.headers
    assert feed.response.headers["content-type"] == "text/event-stream"
    frames = [*first, *one_by_one, *rest]
    assert statuses(frames) == ["in_progress", "completed"]
    assert [frame.id for frame in frames] == [frame.id for frame in frames if frame.id]


async def test_a_page_that_comes_back_goes_on_where_it_was(
    through: Relay, scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    hold = scripted.hold(12)
    thread_id = await through.new_thread()
    url = events(through, thread_id)
    async with follow(url, tmp_path, Last_Event_ID="earliest") as feed:
        await through.start(thread_id)
        before = [await feed.next() for _ in range(8)]
    async with follow(url, tmp_path, Last_Event_ID=before[-1].id or "") as feed:
        hold.release()
        after = await feed.until_ended()

    async with through.follow(thread_id, Last_Event_ID="earliest") as whole:
        frames = await whole.until_ended()

    assert [frame.raw for frame in [*before, *after]] == [frame.raw for frame in frames]


async def test_a_page_that_leaves_is_gone_at_the_relay_too(
    through: Relay, relay: Relay, tmp_path: Path
) -> None:
    thread_id = await through.new_thread()
    async with follow(events(through, thread_id), tmp_path):
        during = relay.followers(thread_id)

    while relay.followers(thread_id):
        await relay.get("/healthz")

    assert during == 1


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
async def test_what_is_for_those_who_run_it_is_for_nobody_else(
    through: Relay, relay: Relay, path: str
) -> None:
    assert (await through.get(path)).status == 404
    assert (await relay.get(path)).status == 200


def test_all_limits_are_longer_than_the_silence_between_two_pings() -> None:
    limits = re.findall(r"(?:_timeout) (\d+)s;", block("nginx"))

    assert len(limits) == 2
    assert all(int(limit) > 2 * Settings().ping_seconds for limit in limits)


def test_bodies_may_be_as_large_as_the_relay_takes_them() -> None:
    assert "client_max_body_size 1m;" in block("nginx")
    assert Settings().max_body_bytes == 1024 * 1024


async def test_several_relays_serve_one_thread_whichever_is_asked(
    start_relay: StartRelay, scripted: ScriptedAssistants, redis: RedisServer, tmp_path: Path
) -> None:
    relays = [await start_relay(store=redis.url) for _ in range(2)]
    hold = scripted.hold(12)
    async with nginx(tmp_path, *relays) as through, AsyncExitStack() as stack:
        thread_id = await through.new_thread()
        url = events(through, thread_id)
        feeds = [
            await stack.enter_async_context(follow(url, tmp_path, Last_Event_ID="earliest"))
            for _ in range(2)
        ]
        await through.start(thread_id)
        before = [[await feed.next() for _ in range(8)] for feed in feeds]
        asked = [relay.followers(thread_id) for relay in relays]
        cursor = before[0][-1].id or ""
        back = await stack.enter_async_context(follow(url, tmp_path, Last_Event_ID=cursor))
        hold.release()
        after = [await feed.until_ended() for feed in feeds]
        resumed = await back.until_ended()

    assert asked == [1, 1]
    assert before[0] == before[1]
    assert after[0] == after[1] == resumed
    assert statuses([*before[0], *resumed]) == ["in_progress", "completed"]
