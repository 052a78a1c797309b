"""Tool outputs: one run over several streams, its calls answered together and once."""

import asyncio
from typing import Any

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Cut, Drop, EndEarly, NeverAnswer

from .conftest import StartRelay
from .event_streams import folded, statuses
from .relays import QUESTION, Answer, Relay


async def submit(relay: Relay, run: Any, outputs: dict[str, str], key: str | None = None) -> Answer:
    path = f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    entries = [{"tool_call_id": call, "output": output} for call, output in outputs.items()]
    return await relay.post(path, {"tool_outputs": entries}, key=key)


def calls_of(run: Any) -> list[str]:
    return [call["id"] for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]


async def test_the_outputs_reach_the_upstream_and_the_answer_the_followers(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run("parallel-calls") as (feed, run):
        time, weather = calls_of(run)
        answer = await submit(relay, run, {weather: "snow", time: "noon"})
        frames = await feed.until_ended(run["id"])

    text = folded(frames)[0]["content"][0]["text"]["value"]
    assert answer.status == 200
    assert answer.json["id"] == run["id"]
    assert text.startswith("In Kyoto it is noon, and the weather is snow.")
    assert statuses(frames) == ["in_progress", "completed"]
    assert scripted.received("runs.submit_tool_outputs")[0].body["stream"] is True


async def test_missing_and_extra_outputs_are_refused_by_name_and_the_run_goes_on_waiting(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run("parallel-calls") as (feed, run):
        time, weather = calls_of(run)
        missing = await submit(relay, run, {time: "noon"})
        extra = await submit(relay, run, {time: "noon", weather: "snow", "call_x": "?"})
        whole = await submit(relay, run, {time: "noon", weather: "snow"})
        frames = await feed.until_ended(run["id"])

    assert (missing.status, missing.error["param"]) == (400, "tool_outputs")
    assert weather in missing.error["message"]
    assert (extra.status, extra.error["param"]) == (400, "tool_outputs")
    assert "call_x" in extra.error["message"]
    assert whole.status == 200
    assert frames[-1].says("completed")
    assert len(scripted.received("runs.submit_tool_outputs")) == 1


async def test_a_repeat_after_acceptance_is_answered_and_changes_nothing(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run() as (feed, run):
        hold = scripted.hold("thread.message.delta", run["thread_id"])
        first = await relay.answer_calls(run, "rain")
        await hold.reached()
        during = await relay.answer_calls(run, "snow")
        hold.release()
        frames = await feed.until_ended(run["id"])
        after = await relay.answer_calls(run, "hail")

    assert (first.status, during.status, after.status) == (200, 200, 200)
    assert after.json["status"] == "completed"
    assert "rain" in folded(frames)[0]["content"][0]["text"]["value"]
    assert len(scripted.received("runs.submit_tool_outputs")) == 1


async def test_the_same_outputs_posted_at_once_are_submitted_once(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run() as (feed, run):
        answers = await asyncio.gather(*(relay.answer_calls(run) for _ in range(20)))
        await feed.until_ended(run["id"])

    assert {answer.status for answer in answers} == {200}
    assert len(scripted.received("runs.submit_tool_outputs")) == 1


async def test_a_key_of_outputs_refuses_other_outputs(relay: Relay) -> None:
    async with relay.waiting_run() as (_, run):
        first = await relay.answer_calls(run, "rain", key="key")
        again = await relay.answer_calls(run, "rain", key="key")
        other = await relay.answer_calls(run, "snow", key="key")

    assert (first.status, again.status, other.status) == (200, 200, 422)


async def test_outputs_for_a_run_that_does_not_wait_are_a_conflict(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted, 9)
    run = {"thread_id": thread_id, "id": run_id}

    during = await submit(relay, run, {"call_1": "x"})
    async with relay.follow(thread_id, run_id) as feed:
        hold.release()
        await feed.rest()
    after = await submit(relay, run, {"call_1": "x"})

    assert (during.status, during.error["code"]) == (409, "conflict")
    assert (after.status, after.error["code"]) == (409, "conflict")
    assert scripted.received("runs.submit_tool_outputs") == []


@pytest.mark.parametrize("status", [400, 429, 500])
async def test_outputs_that_the_upstream_refuses_leave_the_run_waiting(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    async with relay.waiting_run() as (feed, run):
        scripted.fail_next("runs.submit_tool_outputs", status=status, headers={"Retry-After": "3"})
        refused = await relay.answer_calls(run, key="key")
        still = await relay.run(run["thread_id"], run["id"])
        accepted = await relay.answer_calls(run, key="key")
        frames = await feed.until_ended(run["id"])

    assert refused.status == (502 if status == 500 else status)
    assert refused.headers["Retry-After"] == "3"
    assert refused.headers["x-should-retry"] == "false"
    assert still["status"] == "requires_action"
    assert accepted.status == 200
    assert statuses(frames) == ["in_progress", "completed"]


async def test_outputs_that_cannot_be_sent_leave_the_run_waiting(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run() as (feed, run):
        await scripted.stop()
        refused = await relay.answer_calls(run)
        await scripted.start()
        accepted = await relay.answer_calls(run)
        frames = await feed.until_ended(run["id"])

    assert (refused.status, accepted.status) == (502, 200)
    assert frames[-1].says("completed")


@pytest.mark.parametrize(
    "fault",
    [Drop(when_done=True), NeverAnswer(when_done=True), Cut(3), EndEarly(0)],
    ids=["reset", "no answer", "cut", "no event"],
)
async def test_outputs_that_were_taken_although_the_answer_broke_off_are_not_asked_again(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Any
) -> None:
    relay = await start_relay(request_timeout=0.3)
    async with relay.waiting_run() as (feed, run):
        scripted.fail_next("runs.submit_tool_outputs", fault)
        answer = await relay.answer_calls(run, "rain")
        frames = await feed.until_ended(run["id"])

    assert answer.status == 200
    assert frames[-1].says("completed")
    assert folded(frames) == (await relay.messages(run["thread_id"]))["data"][:1]
    assert len(scripted.received("runs.submit_tool_outputs")) == 1


@pytest.mark.parametrize("fault", [Drop(), NeverAnswer()], ids=["reset", "no answer"])
async def test_outputs_that_got_lost_can_be_submitted_again(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Any
) -> None:
    relay = await start_relay(request_timeout=0.3)
    async with relay.waiting_run() as (feed, run):
        scripted.fail_next("runs.submit_tool_outputs", fault)
        await relay.answer_calls(run, "rain")
        again = await feed.asked()
        answer = await relay.answer_calls(again, "snow")
        frames = await feed.until_ended(run["id"])

    assert calls_of(again) == calls_of(run)
    assert answer.status == 200
    assert "snow" in folded(frames)[0]["content"][0]["text"]["value"]


async def test_a_run_that_nobody_answers_expires_and_the_thread_is_free(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(action_timeout=0.2)
    async with relay.waiting_run() as (feed, run):
        frames = await feed.until_ended(run["id"])
        late = await relay.answer_calls(run)
        message = await relay.post(f"/threads/{run['thread_id']}/messages", QUESTION)
        next_run = await relay.start(run["thread_id"], "one-word")

    assert statuses(frames) == ["expired"]
    assert frames[-1].data["required_action"] is None
    assert late.status == 409
    assert message.status == 200
    assert next_run
    assert not scripted.thread(run["thread_id"]).runs[0].is_active


async def test_refused_outputs_do_not_prolong_the_time_to_answer(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(action_timeout=0.3)
    for _ in range(1_000):
        scripted.fail_next("runs.submit_tool_outputs", status=400)
    async with relay.waiting_run() as (feed, run):
        while (await relay.answer_calls(run)).status == 400:
            pass
        frames = await feed.until_ended(run["id"])

    assert statuses(frames) == ["expired"]
