"""Three relays on one store are restarted one after the other, under load, and a page looks on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector
from playwright.async_api import Browser, expect

from tests.browser.balancer import balanced
from tests.browser.library.visitor import Visitor
from tests.relay.event_streams import statuses
from tests.relay.relays import Relay
from tests.relay.responses.watching import text_of, told
from tests.relay.restart.conftest import (
    StartKilled,
    forks,
    redis_address,
    redis_server,
    sqlite_address,
    start_killed,
    store,
)
from tests.relay.restart.killing import Killed, Steadfast
from tests.relay.restart.test_killed import ended, numbers, responses_settings
from tests.scripted.responses import ScriptedResponses
from tests.scripted.stage import Hold

__all__ = ["forks", "redis_address", "redis_server", "sqlite_address", "start_killed", "store"]

# The browser itself waits for up to four seconds before each try.
PATIENCE_MS = 30_000
RELAYS = 3
# Runs in other threads that begin while a relay is away.
OTHERS = 5


class Front(Relay):
    """Whichever relay answers."""

    async def start_somewhere(self, thread_id: str, key: str, **body: Any) -> str:
        """Asked for under one key until a relay has it: the one that is asked may be leaving."""
        path = f"/threads/{thread_id}/runs"
        while True:
            try:
                answer = await self.post(path, {"assistant_id": "default", **body}, key=key)
            except (ClientError, OSError):
                continue
            if answer.status != 503:
                assert answer.status in {201, 202}, answer.body
                return str(answer.json["id"])


@pytest.fixture
async def relays(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, site: str
) -> list[Killed]:
    settings = responses_settings(scripted_responses)
    settings |= {"RELAY_DRAIN_SECONDS": "0", "RELAY_ORIGINS": site}
    return [await start_killed(**settings) for _ in range(RELAYS)]


@pytest.fixture
async def front(relays: Sequence[Killed]) -> AsyncIterator[Front]:
    async with (
        balanced([relay.url for relay in relays]) as url,
        ClientSession(connector=TCPConnector(limit=0)) as session,
    ):
        yield Front(cast(Any, None), url, session)


@pytest.fixture
async def visitor(browser: Browser, site: str, front: Front) -> AsyncIterator[Visitor]:
    context = await browser.new_context()
    visitor = Visitor(await context.new_page(), site, front.url)
    yield visitor
    assert visitor.errors == []
    await context.close()


class Load:
    """Runs that begin while relays come and go: some wait in one thread, others are alone."""

    def __init__(self, server: ScriptedResponses, front: Front, thread_id: str) -> None:
        self._server = server
        self._front = front
        self._thread_id = thread_id
        self._holds: list[Hold] = []
        self.queued: list[str] = []
        # By thread.
        self.alone: dict[str, str] = {}

    async def add(self, threads: Sequence[str]) -> None:
        """Those that are alone are in mid-answer until more is added."""
        held, self._holds = self._holds, [self._server.hold(12, thread) for thread in threads]
        question = {"role": "user", "content": f"Question {len(self.queued)}"}
        self.queued.append(
            await self._front.start_somewhere(
                self._thread_id,
                str(len(self.queued)),
                if_busy="enqueue",
                additional_messages=[question],
            )
        )
        for thread_id in threads:
            self.alone[thread_id] = await self._front.start_somewhere(thread_id, "only")
        for hold in held:
            hold.release()

    async def assert_whole(self) -> None:
        for hold in self._holds:
            hold.release()
        for thread_id, run_id in self.alone.items():
            frames = await Steadfast(self._front, thread_id=thread_id).follow(ended(run_id))
            assert statuses(frames) == ["in_progress", "completed"]
            assert numbers(frames) == list(range(len(numbers(frames))))


def shown_by(server: ScriptedResponses, thread_id: str) -> list[Any]:
    """The list of somebody who has followed all that the upstream has said so far."""
    return server.conversation(thread_id).shown()


async def assert_page_shows(visitor: Visitor, messages: Sequence[Any]) -> None:
    texts = [text_of(message) for message in messages]
    await expect(visitor.messages).to_have_text(texts, timeout=PATIENCE_MS)


async def test_a_page_misses_nothing_in_a_rolling_restart(
    visitor: Visitor,
    front: Front,
    relays: Sequence[Killed],
    scripted_responses: ScriptedResponses,
) -> None:
    thread_id = await front.new_thread()
    threads = [[await front.new_thread() for _ in range(OTHERS)] for _ in relays]
    hold = scripted_responses.hold(12, thread_id)
    load = Load(scripted_responses, front, thread_id)
    follower = Steadfast(front, thread_id=thread_id)
    await visitor.open("abort", thread_id)
    await visitor.begin("addMessageAndRun", "Why?", "default")

    for relay, others in zip(relays, threads, strict=True):
        await hold.reached()
        await assert_page_shows(visitor, shown_by(scripted_responses, thread_id))
        adding = asyncio.create_task(load.add(others))
        await relay.stop()
        await relay.up()
        await adding
        hold.advance(20)
    hold.release()

    mine = (await visitor.ending())["id"]
    frames = await follower.follow(ended(load.queued[-1]))
    await load.assert_whole()
    assert [statuses(frames, run)[-1] for run in (mine, *load.queued)] == ["completed"] * 4
    listed = (await front.messages(thread_id))["data"]
    upstream = shown_by(scripted_responses, thread_id)
    await assert_page_shows(visitor, upstream)
    assert told(await visitor.list()) == told(listed)
    assert [(one["id"], one["content"]) for one in listed] == [
        (one["id"], one["content"]) for one in upstream
    ]
    assert len(visitor.requests(f"GET /threads/{thread_id}/events")) > 1
    assert await visitor.heard() == [frame.id for frame in frames]
    assert len(scripted_responses.received("responses.create")) == 4 + RELAYS * OTHERS
