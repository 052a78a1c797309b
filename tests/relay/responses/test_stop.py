"""A run that is stopped keeps its text, and leaves a thread that can be used."""

from typing import Any

import pytest

from relay.app import drain
from tests.relay.conftest import StartRelay
from tests.relay.event_streams import Sent, folded, statuses
from tests.relay.relays import Relay
from tests.scripted.faults import Cut, Insert, Refuse, Stall, oversized
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.accent import Accent

from .watching import assert_reload_is, text_of, watched


async def cancel(relay: Relay, thread_id: str, run_id: str) -> None:
    answer = await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
    assert answer.status == 200, answer.body


async def cancelled_run(relay: Relay, server: ScriptedResponses) -> tuple[str, list[Sent]]:
    """A thread, and all frames of a run of it that was cancelled in mid-answer."""
    hold = server.hold(after_event=8)
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        await cancel(relay, thread_id, run_id)
        frames = await feed.until_ended(run_id)
    hold.release()
    return thread_id, frames


def outputs_in(server: ScriptedResponses, thread_id: str) -> list[Any]:
    items = server.conversation(thread_id).items
    return [item for item in items if item["type"].endswith(("_output", "_response"))]


async def assert_usable(relay: Relay, thread_id: str) -> None:
    frames = await watched(relay, thread_id, "plain-text")
    assert statuses(frames) == ["in_progress", "completed"]


@pytest.mark.parametrize("tells", [None, "response.cancelled"], ids=["silent", "told"])
async def test_a_cancelled_run_is_cancelled_upstream_and_keeps_its_text(
    scripted_responses: ScriptedResponses, relay: Relay, tells: str | None
) -> None:
    scripted_responses.manners.accent = Accent(tells_of_cancel=tells)

    thread_id, frames = await cancelled_run(relay, scripted_responses)

    [message] = folded(frames)
    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert scripted_responses.responses[0].status == "cancelled"
    assert text_of(message)
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    await assert_reload_is(relay, thread_id, frames)
    await assert_usable(relay, thread_id)


async def test_a_run_that_is_cancelled_while_its_stream_is_broken_ends(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    hold = scripted_responses.hold(after_event=8)
    scripted_responses.fail_next("responses.create", Cut(6))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        while not scripted_responses.received("responses.retrieve.stream"):
            await relay.get("/healthz")
        await cancel(relay, thread_id, run_id)
        frames = await feed.until_ended(run_id)

    assert frames[-1].data["status"] == "cancelled"
    await assert_reload_is(relay, thread_id, frames)


async def test_calls_that_come_to_light_when_a_run_has_been_cancelled_are_closed(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    """Its stream was broken, and its response had completed before anybody could cancel it."""
    scripted_responses.fail_next("responses.create", Cut(6))
    for _ in range(3):
        scripted_responses.fail_next("responses.retrieve.stream", Refuse(500))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "function-call")
        while not scripted_responses.received("responses.retrieve.stream"):
            await relay.get("/healthz")
        await scripted_responses.finished(scripted_responses.responses[0].id)
        await cancel(relay, thread_id, run_id)
        frames = await feed.until_ended(run_id)

    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert len(outputs_in(scripted_responses, thread_id)) == 1


async def test_calls_of_a_run_that_was_given_up_are_closed(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(max_frame_bytes=64 * 1024)
    scripted_responses.manners.honours_cancel = False
    scripted_responses.fail_next("responses.create", Insert(6, oversized(100_000)))
    thread_id = await relay.new_thread()

    frames = await watched(relay, thread_id, "function-call")

    assert statuses(frames) == ["in_progress", "failed"]
    assert len(outputs_in(scripted_responses, thread_id)) == 1


async def test_a_run_is_neither_shown_nor_cancelled_through_another_thread(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    hold = scripted_responses.hold(after_event=6)
    thread_id, other_id = await relay.new_thread(), await relay.new_thread()
    run_id = await relay.start(thread_id)
    await hold.reached()
    [response] = scripted_responses.responses

    shown = await relay.get(f"/threads/{other_id}/runs/{response.id}")
    cancelled = await relay.post(f"/threads/{other_id}/runs/{response.id}/cancel")
    hold.release()
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()

    assert (shown.status, cancelled.status) == (404, 404)
    assert frames[-1].data["status"] == "completed"


async def test_in_the_foreground_a_cancelled_run_ends_with_its_stream(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(background=False)

    thread_id, frames = await cancelled_run(relay, scripted_responses)

    assert statuses(frames)[-1] == "cancelled"
    await assert_reload_is(relay, thread_id, frames)


@pytest.mark.parametrize(
    "name", ["function-call", "parallel-calls", "custom-tool", "mcp-approval", "shell"]
)
async def test_a_run_cancelled_while_it_waits_leaves_no_open_call(
    scripted_responses: ScriptedResponses, relay: Relay, name: str
) -> None:
    async with relay.waiting_run(name) as (feed, run):
        await cancel(relay, run["thread_id"], run["id"])
        frames = await feed.until_ended(run["id"])

    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert statuses(frames) == ["cancelling", "cancelled"]
    assert len(outputs_in(scripted_responses, run["thread_id"])) == len(calls)
    assert not scripted_responses.received("responses.cancel")
    await assert_usable(relay, run["thread_id"])


async def test_a_run_that_nobody_answers_expires_and_leaves_no_open_call(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(action_timeout=0.2)
    thread_id = await relay.new_thread()

    frames = await watched(relay, thread_id, "function-call")

    assert statuses(frames) == ["in_progress", "requires_action", "expired"]
    assert len(outputs_in(scripted_responses, thread_id)) == 1
    await assert_usable(relay, thread_id)


async def test_a_relay_that_stops_leaves_no_open_call(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(drain_seconds=0)
    async with relay.waiting_run() as (feed, run):
        await drain(relay.app)
        frames = await feed.rest()

    assert statuses(frames) == ["failed"]
    assert frames[-1].data["last_error"]["code"] == "relay_shutdown"
    assert len(outputs_in(scripted_responses, run["thread_id"])) == 1


async def test_calls_that_a_killed_relay_left_open_do_not_block_the_thread(
    scripted_responses: ScriptedResponses, relay: Relay, start_relay: StartRelay
) -> None:
    another = await start_relay()
    async with relay.waiting_run("parallel-calls") as (_, run):
        pass

    await assert_usable(another, run["thread_id"])

    assert len(outputs_in(scripted_responses, run["thread_id"])) == 2


@pytest.mark.parametrize("how", ["cancelled", "failed"])
async def test_outputs_that_went_with_their_response_leave_no_open_call(
    scripted_responses: ScriptedResponses, start_relay: StartRelay, how: str
) -> None:
    relay = await start_relay(max_frame_bytes=100_000)
    async with relay.waiting_run("parallel-calls") as (feed, run):
        hold = scripted_responses.hold(after_event=4)
        if how == "failed":
            scripted_responses.fail_next("responses.create", Insert(3, oversized(200_000)))
        await relay.answer_calls(run)
        if how == "cancelled":
            await hold.reached()
            await cancel(relay, run["thread_id"], run["id"])
        frames = await feed.until_ended(run["id"])
        hold.release()

    assert frames[-1].data["status"] == how
    assert len(outputs_in(scripted_responses, run["thread_id"])) == 2
    await assert_usable(relay, run["thread_id"])
    assert len(scripted_responses.received("responses.create")) == 3


async def test_an_unknown_assistant_adds_no_message(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    body = {
        "assistant_id": "nobody",
        "additional_messages": [{"role": "user", "content": "Anybody there?"}],
    }

    answer = await relay.post(f"/threads/{thread_id}/runs", body)

    assert (answer.status, answer.error["param"]) == (404, "assistant_id")
    assert not scripted_responses.received("items.create")


async def test_a_run_that_ended_before_it_could_be_cancelled_has_completed(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(cancel_seconds=0.5)
    scripted_responses.fail_next("responses.create", Stall(8))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await feed.until(lambda frame: frame.event == "response.output_text.delta")
        await scripted_responses.finished(scripted_responses.responses[0].id)
        await cancel(relay, thread_id, run_id)
        frames = await feed.until_ended(run_id)

    assert frames[-1].data["status"] == "completed"
    await assert_reload_is(relay, thread_id, frames)
