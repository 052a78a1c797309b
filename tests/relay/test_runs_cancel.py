"""Stopping a run: the partial text stays, and the upstream has the last word if it was faster."""

import asyncio

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import EndEarly

from .conftest import StartRelay
from .event_streams import folded, is_terminal, statuses
from .gates import Gate
from .relays import Relay


async def test_the_partial_text_stays(relay: Relay, scripted: ScriptedAssistants) -> None:
    thread_id, run_id, _ = await relay.held_run(scripted)

    async with relay.follow(thread_id) as feed:
        answer = await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.until_ended(run_id)
    message = folded(frames)[0]

    assert (answer.status, answer.json["status"]) == (200, "cancelling")
    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert message["content"][0]["text"]["value"] == "To tell their sisters where"
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    assert (await relay.messages(thread_id))["data"][0] == message


async def test_cancelling_again_and_again_changes_nothing(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, _ = await relay.held_run(scripted)
    path = f"/threads/{thread_id}/runs/{run_id}/cancel"

    answers = await asyncio.gather(*(relay.post(path) for _ in range(5)))
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()
    after = await relay.post(path)

    assert {answer.status for answer in answers} == {200}
    assert len(scripted.received("runs.cancel")) == 1
    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert (after.status, after.json["status"]) == (200, "cancelled")


async def test_a_run_that_has_ended_stays_as_it_is(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "one-word")
    async with relay.follow(thread_id, run_id) as feed:
        await feed.rest()

    answer = await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")

    assert (answer.status, answer.json["status"]) == (200, "completed")
    assert scripted.received("runs.cancel") == []


async def test_if_the_upstream_finished_first_its_result_stands(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id, run_id, hold = await relay.held_run(scripted)
    held = gate.hold_request("POST", "/cancel")

    async with relay.follow(thread_id, run_id) as feed:
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        await held.reached()
        hold.release()
        frames = await feed.rest()
        held.release()

    assert statuses(frames) == ["in_progress", "cancelling", "completed"]


async def test_an_upstream_that_never_ends_a_run_does_not_keep_it(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    scripted.manners.honours_cancel = False
    relay = await start_relay(cancel_seconds=0.2)
    thread_id, run_id, _ = await relay.held_run(scripted)

    async with relay.follow(thread_id, run_id) as feed:
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.rest()

    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert folded(frames)[0]["status"] == "incomplete"
    assert len(scripted.received("runs.cancel")) == 1


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_an_upstream_that_refuses_to_cancel_is_given_time_to_end(
    start_relay: StartRelay, scripted: ScriptedAssistants, status: int
) -> None:
    relay = await start_relay()
    thread_id, run_id, hold = await relay.held_run(scripted)
    scripted.fail_next("runs.cancel", status=status)

    async with relay.follow(thread_id, run_id) as feed:
        answer = await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        await feed.until_said("cancelling")
        hold.release()
        frames = await feed.rest()

    assert answer.status == 200
    assert statuses(frames) == ["completed"]


async def test_a_run_that_waits_for_tool_outputs_is_cancelled_and_the_thread_is_free(
    relay: Relay,
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "function-call")

    async with relay.follow(thread_id, run_id) as feed:
        waiting = await feed.asked()
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.rest()
    late = await relay.answer_calls(waiting)
    next_run = await relay.start(thread_id, "one-word")

    assert statuses(frames) == ["cancelling", "cancelled"]
    assert frames[-1].data["required_action"] is None
    assert (late.status, late.error["code"]) == (409, "conflict")
    assert (await relay.run(thread_id, next_run))["status"] in ("in_progress", "completed")


async def test_a_run_is_stopped_as_soon_as_the_upstream_has_accepted_it(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id, first, hold_first = await relay.held_run(scripted)
    second = await relay.start(thread_id, "plain-text", if_busy="enqueue")
    held = gate.hold_request("POST", "/runs")
    hold_first.release()
    await held.reached()
    hold = scripted.hold(9, thread_id)

    async with relay.follow(thread_id, second) as feed:
        answer = await relay.post(f"/threads/{thread_id}/runs/{second}/cancel")
        held.release()
        frames = await feed.rest()

    assert answer.json["status"] == "queued"
    assert statuses(frames) == ["queued", "in_progress", "cancelling", "cancelled"]
    assert [frame for frame in frames if is_terminal(frame)] == frames[-1:]
    assert (await relay.run(thread_id, first))["status"] == "completed"
    hold.release()


async def test_an_interrupt_reaches_a_run_that_is_being_started(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id = await relay.new_thread()
    held = gate.hold_request("POST", "/runs")
    hold = scripted.hold(9)
    starting = asyncio.create_task(relay.start(thread_id))
    await held.reached()

    async with relay.follow(thread_id) as feed:
        second = await relay.start(thread_id, "one-word", if_busy="interrupt")
        held.release()
        first = await starting
        frames = await feed.until_ended(first)
        hold.release()
        frames += await feed.until_ended(second)

    assert statuses(frames, first) == ["in_progress", "cancelling", "cancelled"]
    assert statuses(frames, second) == ["queued", "in_progress", "completed"]


async def test_a_run_whose_stream_broke_can_be_cancelled(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", EndEarly(9))
    hold = scripted.hold(9)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        while not scripted.received("runs.retrieve"):
            await relay.get("/healthz")
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.until_ended(run_id)

    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert folded(frames)[0]["incomplete_details"] == {"reason": "run_cancelled"}
