"""Whose turn it is, while much happens at once: expiry, cancelling, shutdown, a log that is full.

Where a frame makes a log go over its limit, the relay looks through all of it before it trims; a
log of many large frames gives others their turn meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from relay.app import drain
from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import EventStream, statuses
from .relays import Relay
from .replies import DONE, Replies, Reply, large, run_frame

LARGE_FRAMES = 100
QUEUED = {"assistant_id": "any", "if_busy": "enqueue"}
RUNS = "/threads/thread_1/runs"


@dataclass
class Busy:
    """A thread whose run stands still, and whose log is full once `more` frames have come."""

    relay: Relay
    feed: EventStream
    run_id: str
    reply: Reply
    replies: Replies

    async def enqueue(self) -> str:
        return await self.relay.start("thread_1", if_busy="enqueue")


@asynccontextmanager
async def busy_thread(start_relay: StartRelay, more: int, **settings: Any) -> AsyncIterator[Busy]:
    async with Replies.started() as replies:
        # Before the large frames stands that of the run.
        limit = 1 + LARGE_FRAMES + more
        relay = await start_relay(openai_base_url=replies.url, log_max_events=limit, **settings)
        reply = replies.reply(*map(large, range(LARGE_FRAMES)))
        async with relay.follow("thread_1") as feed:
            run_id = await relay.start("thread_1")
            for _ in range(1 + LARGE_FRAMES):
                await feed.next()
            yield Busy(relay, feed, run_id, reply, replies)


async def test_coming_back_after_a_terminal_frame_that_filled_the_log_gives_204(
    start_relay: StartRelay,
) -> None:
    # One more is `queued`, one the upstream's own end of the run.
    async with busy_thread(start_relay, more=2) as busy:
        queued = await busy.enqueue()
        busy.reply.send(run_frame("completed"))
        busy.replies.reply(run_frame("completed"), DONE).end()
        busy.reply.end()
        last = (await busy.feed.until_ended(busy.run_id))[-1]
        await busy.relay.post(f"{RUNS}/{queued}/cancel")

        answer = await busy.relay.get(
            f"{RUNS}/{busy.run_id}/events", **{"Last-Event-ID": str(last.id)}
        )

    assert answer.status == 204


async def test_two_who_empty_the_queue_at_once_both_do(start_relay: StartRelay) -> None:
    async with busy_thread(start_relay, more=5) as busy:
        waiting = [await busy.enqueue() for _ in range(5)]
        path = f"{RUNS}/{busy.run_id}/cancel"

        answers = await asyncio.gather(*(busy.relay.post(path, {"queued": True}) for _ in range(2)))
        runs = (await busy.relay.get(RUNS)).json["data"]
        busy.reply.send(run_frame("cancelled"), DONE).end()
        await busy.feed.until_ended(busy.run_id)

    assert [answer.status for answer in answers] == [200, 200]
    assert {run["id"]: run["status"] for run in runs if run["id"] in waiting} == dict.fromkeys(
        waiting, "cancelled"
    )
    assert busy.replies.posted("/runs") == 1


async def test_the_queue_holds_no_more_than_it_may_however_many_come_at_once(
    start_relay: StartRelay,
) -> None:
    async with busy_thread(start_relay, more=0, queue_max=2) as busy:
        answers = await asyncio.gather(*(busy.relay.post(RUNS, QUEUED) for _ in range(10)))

    assert sorted(answer.status for answer in answers) == [202] * 2 + [429] * 8


async def test_a_run_that_is_queued_while_the_relay_stops_is_not_left_queued(
    start_relay: StartRelay,
) -> None:
    async with busy_thread(start_relay, more=0, drain_seconds=0) as busy:
        posting = asyncio.create_task(busy.relay.post(RUNS, QUEUED))
        queued = (await busy.feed.until_said("queued"))[-1].data["id"]
        await drain(busy.relay.app)
        answer = await posting
        frames = await busy.feed.rest()

    assert answer.status in (202, 503)
    assert statuses(frames, queued) == ["failed"]
    assert statuses(frames, busy.run_id) == ["failed"]


async def test_after_an_expiry_the_next_run_starts_once_the_upstream_is_free(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    scripted.manners.honours_cancel = False
    relay = await start_relay(action_timeout=0.3)
    thread_id = await relay.new_thread()
    first = await relay.start(thread_id, "function-call")
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")

    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        ending = asyncio.create_task(feed.until_ended(second))
        while not (scripted.received("runs.retrieve") or ending.done()):
            await relay.get("/healthz")
        starts = len(scripted.received("runs.create"))
        await scripted.cancel(scripted.thread(thread_id).runs[0].id)
        frames = await ending

    assert starts == 1
    assert statuses(frames, first) == ["in_progress", "requires_action", "expired"]
    assert statuses(frames, second) == ["queued", "in_progress", "completed"]
