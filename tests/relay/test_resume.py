"""Whoever comes back with a cursor gets exactly what it missed: nothing lost, nothing twice."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import Sent, folded
from .relays import Relay

ASSISTANTS = ["plain-text", "error-flat", "unknown-things"]


async def finished(relay: Relay, thread_id: str, assistant_id: str) -> tuple[str, list[Sent]]:
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, assistant_id)
        return run_id, await feed.until_ended(run_id)


@pytest.mark.parametrize("assistant_id", ASSISTANTS)
async def test_every_cursor_of_a_run_gives_the_rest_of_it(relay: Relay, assistant_id: str) -> None:
    thread_id = await relay.new_thread()
    run_id, frames = await finished(relay, thread_id, assistant_id)

    for number, frame in enumerate(frames[:-1], 1):
        async with relay.follow(thread_id, run_id, Last_Event_ID=str(frame.id)) as feed:
            assert await feed.rest() == frames[number:], frame.id


@pytest.mark.parametrize("assistant_id", ASSISTANTS)
async def test_every_cursor_of_a_thread_gives_the_rest_of_it(
    relay: Relay, assistant_id: str
) -> None:
    thread_id = await relay.new_thread()
    run_id, frames = await finished(relay, thread_id, assistant_id)

    for number, frame in enumerate(frames[:-1], 1):
        async with relay.follow(thread_id, Last_Event_ID=str(frame.id)) as feed:
            assert feed.cursor == frame.id
            assert await feed.until_ended(run_id) == frames[number:], frame.id


async def test_a_follower_that_is_cut_after_every_frame_has_the_run_once(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(1)
    cursor = (await relay.messages(thread_id))["last_event_id"]
    run_id = await relay.start(thread_id, "several-messages")
    received: list[Sent] = []

    while not (received and received[-1].says("completed", run_id)):
        async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
            received.append(await feed.next())
            cursor = feed.cursor
            hold.advance()
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()

    assert received == frames


async def test_a_state_stored_with_its_cursor_goes_on_where_it_was(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    run_id, frames = await finished(relay, thread_id, "image-and-text")
    watched = folded(frames)

    for number in range(0, len(frames), 7):
        stored = folded(frames[:number])
        cursor = str(frames[number - 1].id) if number else "earliest"
        async with relay.follow(thread_id, run_id, Last_Event_ID=cursor) as feed:
            assert folded(await feed.rest(), stored) == watched


async def test_a_cursor_from_before_a_restart_is_a_gap(
    relay: Relay, start_relay: StartRelay
) -> None:
    thread_id = await relay.new_thread()
    _, frames = await finished(relay, thread_id, "one-word")
    restarted = await start_relay()

    async with restarted.follow(thread_id, Last_Event_ID=str(frames[3].id)) as feed:
        gap = await feed.next()

    assert (gap.event, gap.data) == ("relay.gap", {"reason": "unknown"})
    assert (await restarted.messages(thread_id))["last_event_id"] == gap.id
