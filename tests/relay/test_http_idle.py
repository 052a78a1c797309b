"""A thread that nobody uses is forgotten; what is in use is not."""

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .relays import QUESTION


async def test_an_idle_thread_is_forgotten_and_its_ids_are_not_used_again(
    start_relay: StartRelay,
) -> None:
    relay = await start_relay(log_idle_seconds=0.01)
    thread_id = await relay.new_thread()
    run_id = (await relay.watched_run(thread_id, "one-word"))[-1].data["id"]
    cursor = (await relay.messages(thread_id))["last_event_id"]

    await relay.until_forgotten(thread_id)
    async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
        message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)
        frame = await feed.next()
    gone = await relay.get(f"/threads/{thread_id}/runs/{run_id}/events")

    assert frame.data == message.json
    assert number_of(frame.id) == number_of(cursor) + 1
    assert gone.status == 404


def number_of(cursor: str | None) -> int:
    return int((cursor or "").partition("-")[2])


async def test_a_cursor_into_what_was_forgotten_is_a_gap(start_relay: StartRelay) -> None:
    relay = await start_relay(log_idle_seconds=0.01)
    thread_id = await relay.new_thread()
    cursor = (await relay.messages(thread_id))["last_event_id"]
    await relay.watched_run(thread_id, "one-word")

    await relay.until_forgotten(thread_id)
    async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
        gap = await feed.next()

    assert (gap.event, gap.data) == ("relay.gap", {"reason": "trimmed"})


async def test_what_is_followed_or_runs_is_not_forgotten(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(log_idle_seconds=0.01, ping_seconds=0.01)
    running, followed, idle = [await relay.new_thread() for _ in range(3)]
    hold = scripted.hold(9, running)
    run_id = await relay.start(running)
    await hold.reached()
    await relay.watched_run(idle, "one-word")

    async with relay.follow(followed) as feed:
        await relay.until_forgotten(idle)
        await feed.next()
        assert relay.is_open(followed)
        assert relay.is_open(running)
    hold.release()
    async with relay.follow(running, run_id) as feed:
        frames = await feed.until_ended(run_id)

    assert frames[0].says("in_progress", run_id)


async def test_of_many_threads_all_are_forgotten(start_relay: StartRelay) -> None:
    relay = await start_relay(log_idle_seconds=0.01)
    threads = [await relay.new_thread() for _ in range(250)]

    for thread_id in threads:
        await relay.messages(thread_id)
    for thread_id in threads:
        await relay.until_forgotten(thread_id)

    assert not any(relay.is_open(thread_id) for thread_id in threads)
