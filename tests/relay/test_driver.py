"""Every run ends in one terminal frame, its last, whatever the upstream does."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import (
    COMMENTS,
    FORGED_RUN,
    MALFORMED_JSON,
    Cut,
    EndEarly,
    Fault,
    Insert,
    NeverAnswer,
    Refuse,
    Stall,
    oversized,
)
from tests.scripted.playing import play
from tests.scripted.scripts import SCRIPTS

from .byte_servers import ByteServer
from .conftest import StartRelay
from .event_streams import Sent, folded, is_terminal, statuses
from .relays import Relay

HASTY: Mapping[str, Any] = {
    "end_seconds": 0.1, "cancel_seconds": 0.2, "settle_seconds": 20, "stall_timeout": 0.3,
    "request_timeout": 1, "max_frame_bytes": 1_000_000,
}  # fmt: skip

# Which event of plain-text is its run's end; only `done` follows.
END_NUMBER = len(play(SCRIPTS["plain-text"])[1]) - 1

# What is wrong with a stream, and how its run ends, since the upstream brings it to an end.
BROKEN: dict[str, tuple[Fault, str]] = {
    "cut after the first event": (Cut(1), "completed"),
    "cut in mid-sentence": (Cut(12), "completed"),
    "cut without a reset": (Cut(12, reset=False), "completed"),
    "cut after a whole frame": (Cut(12, piece=b": \n"), "completed"),
    "ended without a word": (EndEarly(12), "completed"),
    "fallen silent": (Stall(12), "completed"),
    "cut before it named the run": (Cut(0), "failed"),
    "ended before it named the run": (EndEarly(0), "failed"),
    "a frame that is too large": (Insert(12, oversized(2_000_000)), "failed"),
}
HARMLESS = {
    "a forged end": Insert(12, FORGED_RUN),
    "broken json": Insert(12, MALFORMED_JSON),
    "comments": Insert(12, COMMENTS),
    "a cut after the end": Cut(END_NUMBER),
}


async def watched(relay: Relay, thread_id: str, assistant_id: str = "plain-text") -> list[Sent]:
    """All frames of a run, which are all that the thread has until it takes a message again."""
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, assistant_id)
        frames = await feed.until_ended(run_id)
        message = await relay.post(
            f"/threads/{thread_id}/messages", {"role": "user", "content": "Next"}
        )
        after = await feed.until(lambda frame: frame.event == "relay.message")
    if message.status == 200:
        assert after[-1].data == message.json
        assert len(after) == 1
    return frames


def assert_one_end(frames: list[Sent]) -> None:
    assert [frame for frame in frames if is_terminal(frame)] == frames[-1:]
    assert frames[0].says("in_progress")


@pytest.mark.parametrize("assistant_id", SCRIPTS)
async def test_a_run_ends_as_the_upstream_says(
    relay: Relay, scripted: ScriptedAssistants, assistant_id: str
) -> None:
    thread_id = await relay.new_thread()

    frames = await relay.watched_run(thread_id, assistant_id)
    upstream = scripted.thread(thread_id).runs[0]

    run = frames[-1].data
    assert_one_end(frames)
    assert run == {
        name: value for name, value in (await relay.run(thread_id, run["id"])).items()
        if name != "events_url"
    }  # fmt: skip
    assert run["status"] == upstream.status
    assert run["upstream_ids"] == [upstream.id]
    for name in ("last_error", "incomplete_details", "usage", "required_action"):
        assert run[name] == upstream.wire()[name], name


@pytest.mark.parametrize(("fault", "status"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_stream_is_settled_with_the_upstream(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Fault, status: str
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", fault)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)

    assert_one_end(frames)
    assert frames[-1].says(status)
    if status == "completed":
        whole = [frame.data for frame in frames if frame.event == "relay.message"]
        assert whole == [scripted.thread(thread_id).messages[-1].wire()]
        assert folded(frames)[0] == whole[0]
        assert frames[-1].data["usage"] == scripted.thread(thread_id).runs[0].usage
    else:
        assert frames[-1].data["last_error"]["code"] in ("start_unknown", "frame_too_large")


@pytest.mark.parametrize("fault", HARMLESS.values(), ids=HARMLESS)
async def test_what_is_odd_around_valid_frames_breaks_nothing(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Fault
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", fault)

    frames = await watched(relay, thread_id)

    assert_one_end(frames)
    assert statuses(frames) == ["in_progress", "completed"]
    assert folded(frames)[0] == scripted.thread(thread_id).messages[1].wire()
    assert scripted.received("runs.retrieve") == []


async def test_the_relay_asks_until_the_run_has_ended(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", EndEarly(12))
    scripted.fail_next("runs.retrieve", status=500)
    scripted.fail_next("runs.retrieve", status=429)
    hold = scripted.hold(14)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        while len(scripted.received("runs.retrieve")) < 3:
            await relay.get("/healthz")
        hold.release()
        frames = await feed.until_ended(run_id)

    assert_one_end(frames)
    assert frames[-1].says("completed")


async def test_an_upstream_that_is_away_while_it_is_asked_is_asked_again(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    hold = scripted.hold(12)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        await scripted.stop()
        hold.release()
        await scripted.finished(scripted.thread(thread_id).runs[0].id)
        await scripted.start()
        frames = await feed.until_ended(run_id)

    assert frames[-1].says("completed")


async def test_a_run_that_the_upstream_no_longer_knows_has_failed(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", EndEarly(12))
    scripted.fail_next("runs.retrieve", status=404, message="Never heard of it")

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)

    assert_one_end(frames)
    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "upstream_lost"
    assert "Never heard of it" in frames[-1].data["last_error"]["message"]


async def test_a_run_that_never_ends_upstream_is_given_up(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**{**HASTY, "settle_seconds": 0.3})
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", EndEarly(12))
    hold = scripted.hold(12)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)
        hold.release()

    assert_one_end(frames)
    assert frames[-1].data["last_error"] == {
        "code": "upstream_lost", "message": "the upstream's answer broke off",
    }  # fmt: skip
    assert folded(frames)[0]["incomplete_details"] == {"reason": "run_failed"}


async def test_a_run_whose_messages_cannot_be_fetched_has_ended_all_the_same(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", EndEarly(12))
    scripted.fail_next("messages.list", status=500)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)

    assert statuses(frames) == ["in_progress", "completed"]
    assert [frame.event for frame in frames].count("relay.message") == 0


async def test_a_stream_that_broke_before_a_call_is_taken_up_where_the_upstream_is(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", Cut(5))

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "function-call")
        waiting = await feed.asked()
        await relay.answer_calls(waiting, "rain")
        frames = await feed.until_ended(run_id)

    assert statuses(frames) == ["in_progress", "completed"]
    assert "rain" in folded(frames)[0]["content"][0]["text"]["value"]


END = b'event: thread.run.completed\ndata: {"id":"run_1","status":"completed"}\n\n'
FAIL = b'event: thread.run.failed\ndata: {"id":"run_1","status":"failed"}\n\n'
DONE = b"event: done\ndata: [DONE]\n\n"
LATE = b"event: thread.late\ndata: 1\n\n"


@pytest.mark.parametrize(
    ("chunks", "status", "upstreams"),
    [
        ([END, DONE, LATE], "completed", [END, DONE]),
        ([END], "completed", [END]),
        ([END, LATE], "completed", [END, LATE]),
        ([END, FAIL], "failed", [END, FAIL]),
        ([FAIL, END], "completed", [FAIL, END]),
        ([END[:-2]], "completed", [END]),
        ([b"event: error\ndata: {}\n\n"], "failed", [b"event: error\ndata: {}\n\n"]),
    ],
    ids=[
        "nothing counts after done", "no done", "more after the end", "the last end decides",
        "also if it is a good one", "an unterminated end", "an error without words",
    ],
)  # fmt: skip
async def test_the_last_word_of_a_stream_decides(
    start_relay: StartRelay, chunks: list[bytes], status: str, upstreams: list[bytes]
) -> None:
    async with ByteServer.started(chunks) as server:
        relay = await start_relay(openai_base_url=server.url, **HASTY)
        async with relay.follow("thread_1") as feed:
            await relay.start("thread_1")
            frames = await feed.until_ended()

    assert frames[-1].says(status)
    assert [frame.body + b"\n\n" for frame in frames if not frame.is_own] == upstreams


async def test_a_stream_that_is_left_open_after_the_end_ends(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", Stall(END_NUMBER))

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "plain-text")
        frames = await feed.until_ended(run_id)

    assert frames[-2].event == "thread.run.completed"
    assert statuses(frames) == ["in_progress", "completed"]


async def test_a_frame_that_is_too_large_ends_the_run_clearly_and_keeps_what_was_before(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", Insert(12, oversized(2_000_000)))
    hold = scripted.hold(13)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)
        next_run = await relay.start(thread_id, "one-word")
        hold.release()

    assert frames[-1].data["last_error"] == {
        "code": "frame_too_large",
        "message": "the upstream sent a frame of more than 1000000 bytes",
    }
    assert len([frame for frame in frames if not frame.is_own]) == 12
    assert next_run
    assert len(scripted.received("runs.cancel")) == 1


@pytest.mark.parametrize("fault", [Refuse(500), NeverAnswer()])
async def test_after_a_failed_start_the_thread_goes_on(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Fault
) -> None:
    relay = await start_relay(**HASTY)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", fault)

    await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "one-word"})
    frames = await watched(relay, thread_id, "one-word")

    assert frames[-1].says("completed")
