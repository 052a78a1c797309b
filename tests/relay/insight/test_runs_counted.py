"""What `/metrics` says of runs, of what came of them, and of the upstream."""

import socket
from pathlib import Path

import pytest

from tests.relay.conftest import StartRelay
from tests.relay.event_streams import statuses
from tests.relay.relays import QUESTION, Relay
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Cut, Drop, Refuse

from .scraping import scrape


async def finished(relay: Relay, assistant_id: str = "plain-text") -> str:
    """The thread of a run that has ended."""
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        await feed.until_ended(await relay.start(thread_id, assistant_id))
    return thread_id


async def test_runs_that_have_ended_are_counted_by_their_status(relay: Relay) -> None:
    for assistant_id in ("plain-text", "plain-text", "run-failed"):
        await finished(relay, assistant_id)

    told = await scrape(relay)

    assert told.value("relay_runs_ended_total", status="completed") == 2
    assert told.value("relay_runs_ended_total", status="failed") == 1
    assert told.value("relay_runs_ended_total", status="cancelled") == 0


async def test_runs_that_wait_and_those_in_progress_are_told_as_they_are_now(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(12)
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    await relay.start(thread_id, if_busy="enqueue")
    await hold.reached()
    busy = await scrape(relay)
    async with relay.follow(thread_id) as feed:
        hold.release()
        frames = await feed.until_ended(run_id)
        frames += await feed.until_ended()

    idle = await scrape(relay)

    assert statuses(frames, run_id)[-1] == "completed"
    for status in ("in_progress", "queued"):
        assert busy.value("relay_runs", status=status) == 1
        assert idle.value("relay_runs", status=status) == 0
    assert busy.value("relay_runs", status="requires_action") == 0


async def test_a_run_that_waits_for_outputs_is_told_as_such(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id, "function-call")
        await feed.until_said("requires_action")
        told = await scrape(relay)

    assert told.value("relay_runs", status="requires_action") == 1


async def test_each_run_that_had_an_event_is_in_the_time_to_the_first(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    await finished(relay)
    scripted.fail_next("runs.create", Refuse(500))
    await relay.post(f"/threads/{await relay.new_thread()}/runs", {"assistant_id": "plain-text"})
    await finished(relay)

    told = await scrape(relay)

    assert told.value("relay_first_event_seconds_count") == 2
    assert told.value("relay_first_event_seconds_bucket", le="+Inf") == 2
    assert told.value("relay_first_event_seconds_sum") > 0


async def test_all_frames_that_came_into_logs_are_counted(relay: Relay) -> None:
    thread_id = await finished(relay)
    await relay.post(f"/threads/{thread_id}/messages", QUESTION)
    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        frames = await feed.until(lambda frame: frame.event == "relay.message")

    told = await scrape(relay)

    assert told.value("relay_events_total") == len(frames)


async def test_the_count_of_frames_outlives_their_logs(start_relay: StartRelay) -> None:
    relay = await start_relay(max_threads=1)
    thread_id = await finished(relay)
    before = await scrape(relay)
    other = await relay.new_thread()

    async with relay.follow(other):
        after = await scrape(relay)

    assert not relay.is_open(thread_id)
    assert after.value("relay_events_total") == before.value("relay_events_total") > 0


async def test_what_the_upstream_refuses_and_how_it_is_lost_is_counted_by_kind(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    path = f"/threads/{await relay.new_thread()}/runs"
    for fault in (Refuse(500), Refuse(429), Refuse(429), Drop()):
        scripted.fail_next("runs.create", fault)
        await relay.post(path, {"assistant_id": "plain-text"})
    scripted.fail_next("runs.create", Cut(7))
    await finished(relay)

    told = await scrape(relay)

    assert told.value("relay_upstream_errors_total", kind="status_500") == 1
    assert told.value("relay_upstream_errors_total", kind="status_429") == 2
    assert told.value("relay_upstream_errors_total", kind="lost") == 2
    assert told.value("relay_upstream_errors_total", kind="timeout") == 0


async def test_an_upstream_that_cannot_be_reached_is_told_as_such(start_relay: StartRelay) -> None:
    with socket.socket() as taken:
        # So that nobody else listens there, and this does not either.
        taken.bind(("127.0.0.1", 0))
        relay = await start_relay(openai_base_url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        await relay.get("/assistants")

    told = await scrape(relay)
    assert told.value("relay_upstream_errors_total", kind="unreachable") == 1


async def test_with_memory_there_is_no_latency_of_the_store(relay: Relay) -> None:
    await finished(relay)

    told = await scrape(relay)

    assert not told.has("relay_store_append_seconds_count")


async def test_a_store_that_outlives_the_process_tells_how_long_it_took(
    start_relay: StartRelay, tmp_path: Path
) -> None:
    relay = await start_relay(store=f"sqlite:{tmp_path / 'relay.db'}")
    thread_id = await finished(relay)
    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        frames = await feed.until_ended()

    told = await scrape(relay)

    assert told.value("relay_events_total") == len(frames)
    assert told.value("relay_store_append_seconds_count") > 0
    assert told.value("relay_store_append_seconds_sum") > 0


async def test_two_relays_in_one_process_count_apart(start_relay: StartRelay) -> None:
    first, second = await start_relay(), await start_relay()

    await finished(first)

    assert (await scrape(first)).value("relay_runs_ended_total", status="completed") == 1
    assert (await scrape(second)).value("relay_runs_ended_total", status="completed") == 0


async def test_one_of_several_processes_says_which_it_is(
    start_relay: StartRelay, tmp_path: Path
) -> None:
    relay = await start_relay(workers=2, store=f"sqlite:{tmp_path / 'relay.db'}")

    answer = await relay.get("/metrics")

    told = await scrape(relay)
    assert answer.headers["Connection"] == "close"
    assert all("worker" in labels for labels in told.labels())


@pytest.mark.parametrize(
    ("accepted", "content_type"),
    [
        ("", "text/plain"),
        ("text/plain", "text/plain"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text"),
    ],
)
async def test_the_format_is_one_that_is_accepted(
    relay: Relay, accepted: str, content_type: str
) -> None:
    answer = await relay.get("/metrics", Accept=accepted)

    assert answer.headers["Content-Type"].partition(";")[0] == content_type
    assert b"relay_runs_ended" in answer.body
