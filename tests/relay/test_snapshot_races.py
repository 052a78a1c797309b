"""What may happen while the upstream is asked for its list, made to happen by hand."""

import asyncio
from typing import Any

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Refuse

from .conftest import StartRelay
from .event_streams import folded
from .gates import Gate
from .relays import QUESTION, Relay
from .test_snapshot import shown


@pytest.fixture
async def gated(start_relay: StartRelay, gate: Gate) -> Relay:
    return await start_relay(openai_base_url=gate.url)


async def others_get_their_turn(relay: Relay) -> None:
    """Whatever could happen by now has happened."""
    for _ in range(30):
        await relay.get("/assistants")


async def test_a_run_finishes_between_the_cursor_and_the_list(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    thread_id, run_id, hold = await gated.held_run(scripted)
    held = gate.hold_request("GET", "/messages")

    async with gated.follow(thread_id) as feed:
        loading = asyncio.create_task(gated.messages(thread_id))
        await held.reached()
        hold.release()
        await feed.until_ended(run_id)
        held.release()
        page = await loading
    async with gated.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
        rest = await feed.until_ended(run_id)

    ids = [message["id"] for message in page["data"]]
    assert len(set(ids)) == len(ids) == 2
    assert page["runs"][0]["status"] == "in_progress"
    assert shown(folded(rest, page["data"])) == shown(scripted.thread(thread_id).shown())


async def test_a_run_goes_on_while_the_list_is_on_its_way(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    scripted.manners.half_finished = "partial"
    thread_id, run_id, hold = await gated.held_run(scripted)
    held = gate.hold_answer("GET", "/messages")

    loading = asyncio.create_task(gated.messages(thread_id))
    await held.reached()
    async with gated.follow(thread_id, run_id) as feed:
        hold.release()
        await feed.rest()
    held.release()
    page = await loading
    async with gated.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
        rest = await feed.until_ended(run_id)

    assert page["data"][0]["content"][0]["text"]["value"] == "To tell their sisters where"
    assert shown(folded(rest, page["data"])) == shown(scripted.thread(thread_id).shown())


async def test_a_run_starts_and_finishes_between_the_cursor_and_the_list(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    thread_id = await gated.new_thread()
    held = gate.hold_request("GET", "/messages")

    loading = asyncio.create_task(gated.messages(thread_id))
    await held.reached()
    frames = await gated.watched_run(thread_id, "several-messages")
    held.release()
    page = await loading
    async with gated.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
        rest = await feed.until_ended()

    assert rest == frames
    assert shown(folded(rest, page["data"])) == shown(scripted.thread(thread_id).shown())


@pytest.mark.parametrize("is_answer", [False, True], ids=["before the list", "after the list"])
async def test_a_message_is_added_between_the_cursor_and_the_feed(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate, *, is_answer: bool
) -> None:
    thread_id = await gated.new_thread()
    hold = gate.hold_answer if is_answer else gate.hold_request
    held = hold("GET", "/messages")

    loading = asyncio.create_task(gated.messages(thread_id))
    await held.reached()
    added = await gated.post(f"/threads/{thread_id}/messages", QUESTION)
    held.release()
    page = await loading
    async with gated.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
        frame = await feed.next()

    assert frame.data == added.json
    assert len(page["data"]) == (1 if is_answer else 2)
    assert shown(folded([frame], page["data"])) == shown(scripted.thread(thread_id).shown())


async def test_a_message_that_the_upstream_has_lost_is_shown_at_its_place(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    before = (await relay.messages(thread_id))["data"]
    frames = []
    async with relay.follow(thread_id) as feed:
        for _ in range(2):
            run_id = await relay.start(thread_id, "several-messages")
            frames += await feed.until_ended(run_id)
    messages = scripted.thread(thread_id).messages
    # All but the question, the second and the newest: 6 were written.
    del messages[6], messages[4], messages[3], messages[1]

    page = await relay.messages(thread_id)

    assert len(messages) == 3
    assert shown(page["data"]) == shown(folded(frames, before))
    assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][-1]["id"])


async def test_a_thread_that_the_upstream_shows_empty_is_what_was_watched(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    frames = await relay.watched_run(thread_id, "several-messages")
    scripted.thread(thread_id).messages.clear()

    page = await relay.messages(thread_id)

    assert shown(page["data"]) == shown(folded(frames))


async def test_a_finished_message_that_the_upstream_still_calls_in_progress_is_finished(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    frames = await relay.watched_run(thread_id, "one-word")
    scripted.thread(thread_id).messages[-1].status = "in_progress"

    page = await relay.messages(thread_id)

    assert shown(page["data"][:1]) == shown(folded(frames))


async def test_what_the_upstream_says_of_a_finished_message_counts(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    await relay.watched_run(thread_id, "one-word")
    scripted.thread(thread_id).messages[-1].metadata["edited"] = "yes"

    page = await relay.messages(thread_id)

    assert page["data"][0]["metadata"] == {"edited": "yes"}


async def test_a_run_that_broke_off_for_good_is_shown_as_it_was_watched(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    scripted.manners.half_finished = "absent"
    scripted.manners.honours_cancel = False
    relay = await start_relay(cancel_seconds=0.2)
    thread_id, run_id, _ = await relay.held_run(scripted)
    before = (await relay.messages(thread_id, "?order=asc"))["data"]

    async with relay.follow(thread_id) as feed:
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.until_ended(run_id)
    page = await relay.messages(thread_id)

    assert shown(page["data"]) == shown(folded(frames, before))
    assert page["data"][0]["incomplete_details"] == {"reason": "run_cancelled"}


async def test_an_upstream_that_refuses_its_list_is_told_and_tried_again(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("messages.list", Refuse(429))

    refused = await relay.get(f"/threads/{thread_id}/messages")
    page: Any = await relay.messages(thread_id)

    assert refused.status == 429
    assert len(page["data"]) == 1


async def test_messages_reach_followers_in_the_order_of_the_thread(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    thread_id = await gated.new_thread()
    path = f"/threads/{thread_id}/messages"
    held = gate.hold_answer("POST", "/messages")

    async with gated.follow(thread_id) as feed:
        first = asyncio.create_task(gated.post(path, {**QUESTION, "content": "first"}))
        await held.reached()
        second = asyncio.create_task(gated.post(path, {**QUESTION, "content": "second"}))
        await others_get_their_turn(gated)
        held.release()
        await asyncio.gather(first, second)
        frames = [await feed.next(), await feed.next()]

    assert shown(folded(frames)) == shown(scripted.thread(thread_id).shown()[:2])


async def test_a_run_waits_for_a_message_that_is_being_added(
    gated: Relay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    thread_id = await gated.new_thread()
    before = (await gated.messages(thread_id))["data"]
    held = gate.hold_answer("POST", "/messages")

    async with gated.follow(thread_id) as feed:
        adding = asyncio.create_task(gated.post(f"/threads/{thread_id}/messages", QUESTION))
        await held.reached()
        starting = asyncio.create_task(gated.start(thread_id, "one-word"))
        await others_get_their_turn(gated)
        held.release()
        message, run_id = await adding, await starting
        frames = await feed.until_ended(run_id)

    assert message.status == 200
    assert shown(folded(frames, before)) == shown(scripted.thread(thread_id).shown())
