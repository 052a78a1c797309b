"""A busy thread: a run is refused, waits for its turn, or takes it."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import Sent, statuses
from .relays import QUESTION, Relay

ONE_WORD = {"assistant_id": "one-word"}


async def busy_thread(relay: Relay, scripted: ScriptedAssistants) -> tuple[str, str]:
    """A thread whose first run stands still after its first words, and that run."""
    thread_id, run_id, _ = await relay.held_run(scripted, "thread.message.delta")
    return thread_id, run_id


def release(scripted: ScriptedAssistants) -> None:
    for hold in scripted.stage.holds:
        hold.release()


def order_of(frames: list[Sent], *run_ids: str) -> list[tuple[str, str]]:
    """What the relay said of which run, in order; runs by their number from 0."""
    numbers = {run_id: str(number) for number, run_id in enumerate(run_ids)}
    said = [frame.data for frame in frames if frame.event == "relay.run"]
    return [(numbers[run["id"]], run["status"]) for run in said]


async def test_a_busy_thread_refuses_runs_and_messages(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)
    scripted.requests.clear()

    run = await relay.post(f"/threads/{thread_id}/runs", ONE_WORD)
    message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)

    for answer in (run, message):
        assert (answer.status, answer.error["code"]) == (409, "thread_busy")
        assert answer.headers["x-should-retry"] == "false"
    assert scripted.requests == []
    release(scripted)
    async with relay.follow(thread_id, first) as feed:
        assert (await feed.rest())[-1].says("completed")


async def test_queued_runs_start_one_after_the_other(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)

    async with relay.follow(thread_id) as feed:
        answers = [
            await relay.post(f"/threads/{thread_id}/runs", {**ONE_WORD, "if_busy": "enqueue"})
            for _ in range(2)
        ]
        second, third = (answer.json["id"] for answer in answers)
        release(scripted)
        frames = await feed.until_ended(third)

    assert [(answer.status, answer.json["status"]) for answer in answers] == [(202, "queued")] * 2
    assert order_of(frames, first, second, third) == [
        ("0", "in_progress"), ("1", "queued"), ("2", "queued"), ("0", "completed"),
        ("1", "in_progress"), ("1", "completed"), ("2", "in_progress"), ("2", "completed"),
    ]  # fmt: skip


async def test_a_queued_run_starts_when_nobody_watches(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, _ = await busy_thread(relay, scripted)
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")

    release(scripted)
    while (run := await relay.run(thread_id, second))["status"] != "completed":
        pass

    assert len(scripted.thread(thread_id).runs) == 2
    assert run["upstream_ids"] == [scripted.thread(thread_id).runs[1].id]


@pytest.mark.parametrize(
    "assistant_id", ["run-failed", "run-expired", "error-flat", "run-incomplete", "run-cancelled"]
)
async def test_a_queued_run_starts_whatever_became_of_the_one_before(
    relay: Relay, scripted: ScriptedAssistants, assistant_id: str
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(3)
    await relay.start(thread_id, assistant_id)
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")

    async with relay.follow(thread_id, second) as feed:
        hold.release()
        frames = await feed.rest()

    assert statuses(frames) == ["queued", "in_progress", "completed"]


async def test_a_run_that_waits_for_tool_outputs_keeps_the_thread_busy(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    first = await relay.start(thread_id, "function-call")

    async with relay.follow(thread_id) as feed:
        frames = await feed.until_said("requires_action")
        refused = await relay.post(f"/threads/{thread_id}/runs", ONE_WORD)
        second = await relay.start(thread_id, "one-word", if_busy="enqueue")
        await relay.answer_calls(frames[-1].data)
        frames += await feed.until_ended(second)

    assert refused.status == 409
    assert order_of(frames, first, second)[2:] == [
        ("1", "queued"), ("0", "in_progress"), ("0", "completed"),
        ("1", "in_progress"), ("1", "completed"),
    ]  # fmt: skip


async def test_an_interrupt_cancels_and_goes_to_the_head_of_the_queue(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)

    async with relay.follow(thread_id) as feed:
        second = await relay.start(thread_id, "one-word", if_busy="enqueue")
        third = await relay.start(thread_id, "one-word", if_busy="interrupt")
        release(scripted)
        frames = await feed.until_ended(second)

    assert order_of(frames, first, second, third) == [
        ("0", "in_progress"), ("1", "queued"), ("2", "queued"),
        ("0", "cancelling"), ("0", "cancelled"),
        ("2", "in_progress"), ("2", "completed"), ("1", "in_progress"), ("1", "completed"),
    ]  # fmt: skip


async def test_an_interrupt_of_an_idle_thread_is_a_run(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    for mode in ("interrupt", "enqueue"):
        body = {**ONE_WORD, "if_busy": mode}
        answer = await relay.post(f"/threads/{thread_id}/runs", body)
        async with relay.follow(thread_id, answer.json["id"]) as feed:
            frames = await feed.rest()

        assert (answer.status, answer.json["status"]) == (201, "in_progress")
        assert statuses(frames) == ["in_progress", "completed"]


async def test_more_than_the_queue_holds_is_refused(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(queue_max=2)
    thread_id, _ = await busy_thread(relay, scripted)
    body = {**ONE_WORD, "if_busy": "enqueue"}
    for _ in range(2):
        await relay.post(f"/threads/{thread_id}/runs", body)

    refused = await relay.post(f"/threads/{thread_id}/runs", body)

    assert (refused.status, refused.error["code"]) == (429, "queue_full")
    assert refused.headers["x-should-retry"] == "false"
    assert len((await relay.get(f"/threads/{thread_id}/runs")).json["data"]) == 3


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_run_that_is_refused_at_its_turn_has_failed_and_the_next_one_starts(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    thread_id, first = await busy_thread(relay, scripted)

    async with relay.follow(thread_id) as feed:
        second = await relay.start(thread_id, "one-word", if_busy="enqueue")
        third = await relay.start(thread_id, "one-word", if_busy="enqueue")
        scripted.fail_next("runs.create", status=status, message="Not today")
        release(scripted)
        frames = await feed.until_ended(third)

    run = await relay.run(thread_id, second)
    assert order_of(frames, first, second, third)[3:] == [
        ("0", "completed"), ("1", "failed"), ("2", "in_progress"), ("2", "completed"),
    ]  # fmt: skip
    assert ("Not today" in run["last_error"]["message"]) == (status != 500)
    assert run["last_error"]["code"]


async def test_someone_elses_run_makes_a_thread_busy_too(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    account = scripted.account
    hold = scripted.hold(3, thread_id)
    account.new_run(scripted.thread(thread_id), {"assistant_id": "one-word"})

    run = await relay.post(f"/threads/{thread_id}/runs", ONE_WORD)
    message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)

    assert (run.status, run.error["code"]) == (409, "thread_busy")
    assert (message.status, message.error["code"]) == (409, "thread_busy")
    assert (await relay.get(f"/threads/{thread_id}/runs")).json["data"] == []
    hold.release()


async def test_a_queued_run_is_cancelled_before_its_turn(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")
    third = await relay.start(thread_id, "one-word", if_busy="enqueue")

    answer = await relay.post(f"/threads/{thread_id}/runs/{second}/cancel")
    async with relay.follow(thread_id, second) as feed:
        frames = await feed.rest()
    release(scripted)
    async with relay.follow(thread_id, third) as feed:
        await feed.rest()

    assert answer.json["status"] == "cancelled"
    assert statuses(frames) == ["queued", "cancelled"]
    assert len(scripted.received("runs.create")) == 2
    assert (await relay.run(thread_id, first))["status"] == "completed"


async def test_cancelling_may_empty_the_queue_too(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)
    waiting = [await relay.start(thread_id, "one-word", if_busy="enqueue") for _ in range(3)]

    async with relay.follow(thread_id, first) as feed:
        await relay.post(f"/threads/{thread_id}/runs/{first}/cancel", {"queued": True})
        await feed.rest()
    runs = (await relay.get(f"/threads/{thread_id}/runs")).json["data"]

    assert {run["id"]: run["status"] for run in runs} == dict.fromkeys(
        [first, *waiting], "cancelled"
    )
    assert len(scripted.received("runs.create")) == 1


async def test_without_that_word_the_queue_goes_on(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first = await busy_thread(relay, scripted)
    second = await relay.start(thread_id, "one-word", if_busy="enqueue")

    async with relay.follow(thread_id, second) as feed:
        await relay.post(f"/threads/{thread_id}/runs/{first}/cancel", {"queued": False})
        release(scripted)
        frames = await feed.rest()

    assert frames[-1].says("completed", second)
