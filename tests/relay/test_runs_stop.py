"""A run is stopped at once wherever it waits: for its start, its messages, its tool outputs."""

import asyncio
from typing import Any

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import statuses
from .gates import Gate, Held
from .relays import Relay

MESSAGES = [{"role": "user", "content": text} for text in ("One", "Two", "Three")]


async def cancel(relay: Relay, run: Any) -> None:
    answer = await relay.post(f"/threads/{run['thread_id']}/runs/{run['id']}/cancel")
    assert answer.status == 200


async def ended_upstream(relay: Relay, scripted: ScriptedAssistants, thread_id: str) -> None:
    while scripted.thread(thread_id).runs[-1].is_active:
        await relay.get("/healthz")


async def run_at_its_turn(
    relay: Relay, scripted: ScriptedAssistants, held: Held, **body: Any
) -> Any:
    """A queued run whose turn has come, and whose first request stands at the door."""
    thread_id = await relay.new_thread()
    hold = scripted.hold("thread.message.delta", thread_id)
    await relay.start(thread_id)
    run_id = await relay.start(thread_id, "one-word", if_busy="enqueue", **body)
    hold.release()
    await held.reached()
    return {"id": run_id, "thread_id": thread_id}


async def test_a_run_whose_outputs_are_refused_since_it_is_cancelled_ends_cancelled(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    held = gate.hold_request("POST", "/submit_tool_outputs")
    async with relay.waiting_run() as (feed, run):
        answering = asyncio.create_task(relay.answer_calls(run))
        await held.reached()
        await cancel(relay, run)
        await ended_upstream(relay, scripted, run["thread_id"])
        held.release()
        frames = await feed.until_ended(run["id"])
        answer = await answering

    assert answer.status == 400
    assert statuses(frames) == ["cancelling", "cancelled"]


async def test_outputs_that_the_upstream_never_answers_do_not_keep_a_cancelled_run(
    start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, cancel_seconds=0.2)
    held = gate.hold_request("POST", "/submit_tool_outputs")
    async with relay.waiting_run() as (feed, run):
        answering = asyncio.create_task(relay.answer_calls(run))
        await held.reached()
        await cancel(relay, run)
        frames = await feed.until_ended(run["id"])
        answer = await answering

    assert statuses(frames) == ["cancelling", "cancelled"]
    assert (answer.status, answer.error["code"]) == (409, "conflict")


async def test_a_run_that_is_cancelled_while_its_outputs_are_taken_does_not_go_back_to_progress(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    held = gate.hold_answer("POST", "/submit_tool_outputs")
    async with relay.waiting_run() as (feed, run):
        hold = scripted.hold("thread.message.delta", run["thread_id"])
        answering = asyncio.create_task(relay.answer_calls(run))
        await held.reached()
        await hold.reached()
        await cancel(relay, run)
        await ended_upstream(relay, scripted, run["thread_id"])
        held.release()
        frames = await feed.until_ended(run["id"])
        answer = await answering

    assert answer.status == 200
    assert statuses(frames) == ["cancelling", "cancelled"]
    assert frames[-2].event == "done"


async def test_a_run_that_is_cancelled_while_it_adds_messages_adds_no_more_and_starts_nothing(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    held = gate.hold_answer("POST", "/messages")
    run = await run_at_its_turn(relay, scripted, held, additional_messages=MESSAGES)

    async with relay.follow(run["thread_id"]) as feed:
        await cancel(relay, run)
        held.release()
        frames = await feed.until_ended(run["id"])

    added = [frame.data for frame in frames if frame.event == "relay.message"]
    assert [message["content"][0]["text"]["value"] for message in added] == ["One"]
    assert statuses(frames, run["id"]) == ["queued", "cancelled"]
    assert len(scripted.received("messages.create")) == 1
    assert len(scripted.thread(run["thread_id"]).runs) == 1


async def test_a_message_that_the_upstream_never_answers_does_not_keep_a_cancelled_run(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, cancel_seconds=0.2)
    held = gate.hold_request("POST", "/messages")
    run = await run_at_its_turn(relay, scripted, held, additional_messages=MESSAGES)

    async with relay.follow(run["thread_id"]) as feed:
        await cancel(relay, run)
        frames = await feed.until_ended(run["id"])

    assert statuses(frames, run["id"]) == ["queued", "cancelled"]
    assert frames[-1].data["last_error"] is None
    assert len(scripted.thread(run["thread_id"]).runs) == 1


async def test_a_start_that_the_upstream_never_answers_does_not_keep_a_cancelled_run(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, cancel_seconds=0.2)
    thread_id = await relay.new_thread()
    hold = scripted.hold("thread.message.delta", thread_id)
    await relay.start(thread_id)
    run_id = await relay.start(thread_id, "one-word", if_busy="enqueue")
    held = gate.hold_request("POST", "/runs")
    hold.release()
    await held.reached()

    async with relay.follow(thread_id) as feed:
        await cancel(relay, {"id": run_id, "thread_id": thread_id})
        frames = await feed.until_ended(run_id)

    assert statuses(frames, run_id) == ["queued", "cancelled"]
    assert len(scripted.thread(thread_id).runs) == 1


async def test_a_run_that_is_cancelled_before_the_upstream_has_named_it_is_cancelled(
    scripted: ScriptedAssistants, start_relay: StartRelay
) -> None:
    relay = await start_relay(cancel_seconds=0.2)
    thread_id = await relay.new_thread()
    scripted.hold(0, thread_id)
    run_id = await relay.start(thread_id)

    async with relay.follow(thread_id, run_id) as feed:
        await cancel(relay, {"id": run_id, "thread_id": thread_id})
        frames = await feed.rest()

    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert frames[-1].data["last_error"] is None
    assert frames[-1].data["upstream_ids"] == []
