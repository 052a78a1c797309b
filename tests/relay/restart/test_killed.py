"""A relay that is killed in the middle of its runs: nothing is lost, doubled or started twice."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.relay.event_streams import Sent, folded, statuses
from tests.relay.responses.watching import told
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Killed, Steadfast


def responses_settings(server: ScriptedResponses, assistants: Path | None = None) -> dict[str, str]:
    files = {"RELAY_ASSISTANTS": str(assistants)} if assistants else {}
    return {
        "RELAY_UPSTREAM": "responses",
        "RELAY_MODEL": "plain-text",
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": server.key,
        **files,
    }


def ended(run_id: str) -> Callable[[Sent], bool]:
    ends = {"completed", "incomplete", "failed", "cancelled", "expired"}
    return lambda frame: frame.says(ends, run_id)


def numbers(frames: Sequence[Sent]) -> list[int]:
    return [frame.data["sequence_number"] for frame in frames if not frame.is_own]


async def assert_reload_is(relay: Killed, thread_id: str, frames: Sequence[Sent]) -> None:
    listed = (await relay.messages(thread_id))["data"]
    seen = folded(frames)
    assert told(listed[: len(seen)]) == told(seen)


async def test_a_response_goes_on_after_its_relay_was_killed(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    hold = scripted_responses.hold(after_event=9)
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "default")
    follower = Steadfast(relay, thread_id=thread_id)
    following = asyncio.create_task(follower.follow(ended(run_id)))
    await hold.reached()
    await follower.until(8)

    await relay.again()
    hold.release()
    frames = await following

    [response] = scripted_responses.responses
    assert numbers(frames) == list(range(len(response.events)))
    assert statuses(frames) == ["in_progress", "completed"]
    assert len(scripted_responses.received("responses.create")) == 1
    await assert_reload_is(relay, thread_id, frames)


async def test_a_run_goes_on_waiting_for_its_tool_outputs(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, assistants: Path
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses, assistants))
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "function-call")
    follower = Steadfast(relay, thread_id=thread_id)
    waiting = await follower.follow(lambda frame: frame.says("requires_action", run_id))

    await relay.again()
    [run] = (await relay.messages(thread_id))["runs"]
    answer = await relay.answer_calls(run)
    frames = await follower.follow(ended(run_id))

    assert answer.status == 200, answer.body
    assert run["id"] == waiting[-1].data["id"]
    assert statuses(frames) == ["in_progress", "requires_action", "in_progress", "completed"]
    assert len(scripted_responses.received("responses.create")) == 2
    await assert_reload_is(relay, thread_id, frames)


async def test_an_assistants_run_is_finished_by_asking_the_server(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    relay = await start_killed(
        RELAY_UPSTREAM="assistants", OPENAI_BASE_URL=scripted.url, OPENAI_API_KEY=scripted.key
    )
    thread_id = await relay.new_thread()
    hold = scripted.hold(12, thread_id)
    run_id = await relay.start(thread_id, "plain-text")
    follower = Steadfast(relay, thread_id=thread_id)
    following = asyncio.create_task(follower.follow(ended(run_id)))
    await hold.reached()
    await follower.until(5)

    await relay.again()
    hold.release()
    frames = await following

    assert statuses(frames) == ["in_progress", "completed"]
    assert len(scripted.received("runs.create")) == 1
    await assert_reload_is(relay, thread_id, frames)


async def test_queued_runs_start_after_a_restart(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    hold = scripted_responses.hold(after_event=5)
    thread_id = await relay.new_thread()
    first = await relay.start(thread_id, "default")
    await hold.reached()
    queued = [
        await relay.start(thread_id, "default", if_busy="enqueue", additional_messages=[message])
        for message in ({"role": "user", "content": f"Question {n}"} for n in range(3))
    ]

    await relay.again()
    hold.release()
    frames = await Steadfast(relay, thread_id=thread_id).follow(ended(queued[-1]))

    assert [statuses(frames, run_id)[-1] for run_id in (first, *queued)] == ["completed"] * 4
    assert len(scripted_responses.received("responses.create")) == 4
    await assert_reload_is(relay, thread_id, frames)


async def test_the_same_key_is_the_same_run_after_a_restart(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    thread_id = await relay.new_thread()
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": "default"}
    first = await relay.post(path, body, key="once")

    await relay.again()
    again = await relay.post(path, body, key="once")
    other = await relay.post(path, {"assistant_id": "another"}, key="once")

    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert other.status == 422
    assert len(scripted_responses.received("responses.create")) == 1


async def test_a_start_that_nobody_saw_answered_is_not_made_twice(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    hold = scripted_responses.hold(after_event=0)
    thread_id = await relay.new_thread()
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": "default"}
    starting = asyncio.create_task(relay.post(path, body, key="once"))
    await hold.reached()

    await relay.again()
    await asyncio.wait([starting])
    starting.exception()
    again = await relay.post(path, body, key="once")
    frames = await Steadfast(relay, thread_id=thread_id).follow(ended(again.json["id"]))

    assert frames[-1].data["last_error"]["code"] == "start_unknown"
    assert len(scripted_responses.received("responses.create")) == 1
