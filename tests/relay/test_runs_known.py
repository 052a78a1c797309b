"""Runs as they are listed, and runs of which only the upstream knows."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .byte_servers import ByteServer
from .conftest import StartRelay
from .relays import Relay

FIELDS = {
    "id", "object", "thread_id", "assistant_id", "status", "created_at", "upstream_ids",
    "required_action", "last_error", "incomplete_details", "usage",
}  # fmt: skip


async def thread_with_runs(relay: Relay, count: int) -> tuple[str, list[str]]:
    """Its id, and the ids of its runs, newest first."""
    thread_id = await relay.new_thread()
    runs = []
    for _ in range(count):
        run_id = await relay.start(thread_id, "one-word")
        async with relay.follow(thread_id, run_id) as feed:
            await feed.rest()
        runs.append(run_id)
    return thread_id, runs[::-1]


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("", slice(0, 20), True),
        ("?limit=2", slice(0, 2), True),
        ("?limit=100", slice(0, 22), False),
        ("?limit=22", slice(0, 22), False),
        ("?after={19}", slice(20, 22), False),
        ("?limit=1&after={3}", slice(4, 5), True),
        ("?after={21}", slice(22, 22), False),
        ("?order=desc&limit=1", slice(0, 1), True),
        ("?order=asc&limit=2", slice(21, 19, -1), True),
        ("?order=asc&after={1}", slice(0, None, -1), False),
    ],
)
async def test_runs_are_listed_page_by_page(
    relay: Relay, query: str, expected: slice, *, has_more: bool
) -> None:
    thread_id, runs = await thread_with_runs(relay, 22)

    answer = await relay.get(f"/threads/{thread_id}/runs{query.format(*runs)}")

    listed = [run["id"] for run in answer.json["data"]]
    assert listed == runs[expected]
    assert answer.json["has_more"] is has_more
    ends = (answer.json["first_id"], answer.json["last_id"])
    assert ends == ((listed[0], listed[-1]) if listed else (None, None))


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("order=up", "order"),
        ("after=run_x", "after"), ("before=run_x", "before"), ("status=failed", "status"),
    ],
)  # fmt: skip
async def test_a_list_of_runs_is_not_asked_for_in_vain(
    relay: Relay, query: str, param: str
) -> None:
    answer = await relay.get(f"/threads/thread_1/runs?{query}")

    assert (answer.status, answer.error["param"]) == (400, param)


async def test_a_run_of_before_a_restart_is_told_and_stopped(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    before, after = await start_relay(), await start_relay()
    thread_id = await before.new_thread()
    hold = scripted.hold(7)
    async with before.follow(thread_id) as feed:
        run_id = await before.start(thread_id)
        await hold.reached()
        [upstream_id] = (await before.run(thread_id, run_id))["upstream_ids"]
        path = f"/threads/{thread_id}/runs/{upstream_id}"
        told = await after.run(thread_id, upstream_id)
        cancelled = await after.post(f"{path}/cancel")
        again = await after.post(f"{path}/cancel")
        hold.release()
        frames = await feed.until_ended(run_id)

    assert set(told) == FIELDS
    assert told["upstream_ids"] == [upstream_id]
    assert (told["id"], told["thread_id"], told["status"]) == (
        upstream_id, thread_id, "in_progress",
    )  # fmt: skip
    for answer in (cancelled, again):
        assert answer.status == 200
        assert set(answer.json) == FIELDS
        assert answer.json["status"] in {"in_progress", "cancelled"}
    assert frames[-1].data["status"] == "cancelled"


async def test_a_run_that_the_upstream_is_cancelling_has_a_status(start_relay: StartRelay) -> None:
    async with ByteServer.started(run={"status": "cancelling"}) as server:
        relay = await start_relay(openai_base_url=server.url)

        told = await relay.run("thread_1", "run_1")

    assert set(told) == FIELDS
    assert (told["status"], told["upstream_ids"]) == ("in_progress", ["run_1"])


async def test_to_cancel_what_is_nowhere_is_refused(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    answer = await relay.post(f"/threads/{thread_id}/runs/run_x/cancel")

    assert (answer.status, answer.error["param"]) == (404, "run_id")
    assert not relay.is_open(thread_id)
