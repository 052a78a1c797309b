"""The feed of one run: from its first frame to its last, and then nothing more ever."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import Sent, is_terminal, statuses
from .relays import QUESTION, Relay


async def test_it_begins_with_the_first_frame_and_ends_after_the_terminal_one(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted, 7)

    async with relay.follow(thread_id, run_id) as feed:
        frames = [await feed.next()]
        hold.release()
        frames += await feed.rest()

    assert frames[0].says("in_progress", run_id)
    assert [frame for frame in frames if is_terminal(frame)] == frames[-1:]


async def test_coming_back_after_the_end_gives_204_which_stops_an_event_source(
    relay: Relay,
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    async with relay.follow(thread_id, run_id) as feed:
        await feed.rest()
    path = f"/threads/{thread_id}/runs/{run_id}/events"

    by_header = await relay.get(path, **{"Last-Event-ID": feed.cursor})
    by_query = await relay.get(f"{path}?last_event_id={feed.cursor}")

    assert (by_header.status, by_header.body) == (204, b"")
    assert by_query.status == 204


async def test_coming_back_before_the_last_frame_gives_that_frame(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()

    async with relay.follow(thread_id, run_id, Last_Event_ID=str(frames[-2].id)) as feed:
        assert await feed.rest() == frames[-1:]


@pytest.mark.parametrize("cursor", [None, "earliest", "abc-1", "?"])
async def test_without_a_good_cursor_it_is_the_whole_run(relay: Relay, cursor: str | None) -> None:
    thread_id = await relay.new_thread()
    await relay.post(f"/threads/{thread_id}/messages", QUESTION)
    run_id = await relay.start(thread_id)
    headers = {"Last_Event_ID": cursor} if cursor else {}

    async with relay.follow(thread_id, run_id, **headers) as feed:
        frames = await feed.rest()

    without_gap = [frame for frame in frames if frame.event != "relay.gap"]
    assert without_gap[0].says("in_progress", run_id)
    assert is_terminal(without_gap[-1])
    assert (len(frames) > len(without_gap)) == (cursor in ("abc-1", "?"))


async def test_other_runs_and_messages_are_left_out(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first, hold = await relay.held_run(scripted, 7)
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")

    async with relay.follow(thread_id, second) as feed:
        queued = await feed.next()
        hold.release()
        frames = [queued, *await feed.rest()]
    async with relay.follow(thread_id, first) as feed:
        of_first = await feed.rest()

    assert statuses(frames) == ["queued", "in_progress", "completed"]
    assert {frame.data["id"] for frame in frames if frame.is_own} == {second}
    assert not {frame.id for frame in of_first} & {frame.id for frame in frames}


async def test_it_goes_on_through_tool_outputs(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "call-after-call")

    async with relay.follow(thread_id, run_id) as feed:
        frames = []
        for _ in range(2):
            frames += await feed.until_said("requires_action")
            await relay.answer_calls(frames[-1].data)
        frames += await feed.rest()

    assert statuses(frames) == [
        *["in_progress", "requires_action"] * 2, "in_progress", "completed",
    ]  # fmt: skip


async def test_the_upstreams_id_of_a_run_leads_to_its_feed_too(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()

    async with relay.follow(thread_id, scripted.thread(thread_id).runs[0].id) as feed:
        assert await feed.rest() == frames


async def finished_long_ago(relay: Relay) -> tuple[str, str, list[Sent]]:
    """A thread, and a run of it whose frames are gone from the log by now, as it was sent."""
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()
    for _ in range(3):
        async with relay.follow(thread_id, await relay.start(thread_id)) as feed:
            await feed.rest()
    return thread_id, run_id, frames


@pytest.mark.parametrize("from_frame", [None, 0, 7, -2])
async def test_the_last_frame_of_a_run_is_kept_when_its_others_are_gone(
    start_relay: StartRelay, from_frame: int | None
) -> None:
    relay = await start_relay(log_max_events=20)
    thread_id, run_id, frames = await finished_long_ago(relay)
    cursor = {} if from_frame is None else {"Last_Event_ID": str(frames[from_frame].id)}

    async with relay.follow(thread_id, run_id, **cursor) as feed:
        kept = await feed.rest()
    path = f"/threads/{thread_id}/runs/{run_id}/events"
    after = await relay.get(path, **{"Last-Event-ID": feed.cursor})

    *gaps, last = kept
    assert [gap.data for gap in gaps] == [{"reason": "trimmed"}] * (from_frame != -2)
    assert [gap.id for gap in gaps] == [frames[-2].id] * len(gaps)
    assert last == frames[-1]
    assert after.status == 204
