"""How a run ends: after its last word, clearly where it is given up; then its thread is free."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Insert, oversized

from .conftest import StartRelay
from .event_streams import is_terminal, statuses
from .gates import Gate
from .relays import QUESTION, Relay
from .replies import Replies, frame, run_frame

ERROR = frame("error", {"code": "server_error", "message": "A hiccup"})
TOO_LARGE = Insert(12, oversized(20_000))


async def test_all_that_follows_a_terminal_event_at_a_pace_passes_and_the_last_one_decides(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(end_seconds=1)
    thread_id = await relay.new_thread()
    scripted.stage.rate = 20
    scripted.fail_next("runs.create", Insert(3, ERROR))

    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id, "plain-text")
        frames = await feed.until_ended()

    passed = [frame.event for frame in frames if not frame.is_own]
    sent = [event.name for event in scripted.thread(thread_id).runs[0].events]
    assert len(sent) > 30, "it takes longer than the relay waits for a frame"
    assert passed == [*sent[:3], "error", *sent[3:]]
    assert statuses(frames) == ["in_progress", "completed"]
    assert scripted.received("runs.retrieve") == []


async def test_comments_do_not_keep_a_run_open_after_its_terminal_event(
    start_relay: StartRelay,
) -> None:
    async with Replies.started() as replies:
        relay = await start_relay(openai_base_url=replies.url, end_seconds=0.2)
        reply = replies.reply(run_frame("completed"))
        async with relay.follow("thread_1") as feed:
            await relay.start("thread_1")
            ending = asyncio.create_task(feed.until_ended())
            while not ending.done():
                reply.send(b": still there\n\n")
                await relay.get("/healthz")
            frames = await ending

    assert statuses(frames) == ["in_progress", "completed"]


async def test_a_frame_that_is_too_large_is_one_clear_failure_and_the_thread_is_free_after_it(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(max_frame_bytes=10_000)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", TOO_LARGE)
    scripted.hold(13, thread_id)

    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id)
        frames = await feed.until_ended()
        await assert_free(relay, thread_id)

    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "frame_too_large"
    assert scripted.thread(thread_id).runs[0].status == "cancelled"


async def assert_free(relay: Relay, thread_id: str) -> None:
    message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)
    run = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "one-word"})
    assert (message.status, run.status) == (200, 201)


async def test_a_run_that_is_given_up_has_ended_upstream_when_its_failure_is_told(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(max_frame_bytes=10_000)
    thread_id = await relay.new_thread()
    scripted.manners.honours_cancel = False
    scripted.fail_next("runs.create", TOO_LARGE)
    scripted.hold(13, thread_id)

    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id)
        ending = asyncio.create_task(feed.until_ended())
        while not (scripted.received("runs.retrieve") or ending.done()):
            await relay.get("/healthz")
        was_told_before = ending.done()
        await scripted.cancel(scripted.thread(thread_id).runs[0].id)
        frames = await ending
        await assert_free(relay, thread_id)

    assert not was_told_before
    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "frame_too_large"


async def test_an_upstream_that_never_answers_a_cancelling_does_not_keep_a_failed_run(
    start_relay: StartRelay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, max_frame_bytes=10_000, cancel_seconds=0.2)
    thread_id = await relay.new_thread()
    gate.hold_request("POST", "/cancel")
    scripted.fail_next("runs.create", TOO_LARGE)
    scripted.hold(13, thread_id)

    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id)
        frames = await feed.until_ended()

    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "frame_too_large"


@contextmanager
def slow_disk() -> Iterator[None]:
    """Nothing that the relay leaves to a thread is done meanwhile."""
    is_over = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as only_thread:
        asyncio.get_running_loop().set_default_executor(only_thread)
        only_thread.submit(is_over.wait)
        try:
            yield
        finally:
            is_over.set()


async def test_a_thread_is_free_after_the_terminal_frame_though_the_recording_is_not_written(
    start_relay: StartRelay, tmp_path: Path
) -> None:
    relay = await start_relay(record=tmp_path)
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        with slow_disk():
            for _ in range(3):
                await relay.start(thread_id, "one-word")
                await feed.until(is_terminal)
            message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)

    assert message.status == 200


async def test_a_thread_is_free_after_each_terminal_frame(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        for _ in range(20):
            await relay.start(thread_id, "one-word")
            assert (await feed.until(is_terminal))[-1].says("completed")
