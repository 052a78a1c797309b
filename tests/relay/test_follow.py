"""Where a follower is put in, and what it is told first."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .relays import QUESTION, Relay


async def finished_run(relay: Relay, thread_id: str, assistant_id: str = "one-word") -> str:
    run_id = await relay.start(thread_id, assistant_id)
    async with relay.follow(thread_id, run_id) as feed:
        await feed.rest()
    return run_id


async def test_a_connection_begins_with_when_to_come_back_and_from_where(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    await finished_run(relay, thread_id)
    cursor = (await relay.messages(thread_id))["last_event_id"]

    async with relay.follow(thread_id) as feed:
        assert 2000 <= feed.retry_ms <= 4000
        assert feed.cursor == cursor


async def test_browsers_are_not_told_to_come_back_all_at_once(relay: Relay) -> None:
    times = set()
    for _ in range(8):
        async with relay.follow("thread_1") as feed:
            times.add(feed.retry_ms)

    assert len(times) > 1


async def test_no_proxy_may_hold_a_stream_back_or_change_it(relay: Relay) -> None:
    async with relay.follow("thread_1") as feed:
        headers = feed.response.headers

    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache, no-transform"
    assert headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in headers


async def test_without_a_cursor_an_idle_thread_is_followed_from_now_on(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    await finished_run(relay, thread_id)

    async with relay.follow(thread_id) as feed:
        message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)
        frame = await feed.next()

    assert frame.data == message.json


async def test_without_a_cursor_a_run_in_progress_is_followed_from_its_start(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    await finished_run(relay, thread_id)
    hold = scripted.hold(9, thread_id)
    run_id = await relay.start(thread_id)
    await hold.reached()

    async with relay.follow(thread_id) as feed:
        frames = [await feed.next() for _ in range(10)]
        hold.release()
        frames += await feed.until_ended(run_id)
    async with relay.follow(thread_id, run_id) as feed:
        assert frames == await feed.rest()

    assert frames[0].says("in_progress", run_id)


async def test_earliest_is_the_whole_log(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    runs = [await finished_run(relay, thread_id) for _ in range(2)]

    async with relay.open(f"/threads/{thread_id}/events?last_event_id=earliest") as feed:
        frames = [*await feed.until_ended(runs[0]), *await feed.until_ended(runs[1])]

    assert [frame.id for frame in frames] == ids_after(frames[0].id, len(frames))
    assert frames[0].says("in_progress", runs[0])
    assert frames[0].id is not None
    assert frames[0].id.endswith("-1")


def ids_after(first: str | None, count: int) -> list[str]:
    incarnation, _, number = (first or "").partition("-")
    return [f"{incarnation}-{int(number) + n}" for n in range(count)]


async def test_the_header_wins_since_an_event_source_repeats_its_url(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    run_id = await finished_run(relay, thread_id)
    async with relay.open(f"/threads/{thread_id}/events?last_event_id=earliest") as feed:
        frames = await feed.until_ended(run_id)
    path = f"/threads/{thread_id}/events?last_event_id={frames[2].id}"

    async with relay.open(path) as feed:
        assert (await feed.next()) == frames[3]
    async with relay.open(path, Last_Event_ID=str(frames[6].id)) as feed:
        assert (await feed.next()) == frames[7]
    async with relay.open(path, Last_Event_ID="") as feed:
        assert (await feed.next()) == frames[3]


async def test_a_cursor_of_an_empty_log_is_one_too(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    cursor = (await relay.messages(thread_id))["last_event_id"]
    run_id = await finished_run(relay, thread_id)

    async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
        frames = await feed.until_ended(run_id)

    assert frames[0].says("in_progress", run_id)


BAD_CURSORS = {
    "malformed": "what is this?",
    "no number": "abc-",
    "an id of the upstream": "7",
    "a negative one": "abc--1",
    "another process": "0123456789-1",
    "the future": "{incarnation}-999999",
    "far in the future": "{incarnation}-999999999999999999",
    "beyond all numbers": "{incarnation}-9999999999999999999999",
}


@pytest.mark.parametrize("cursor", BAD_CURSORS.values(), ids=BAD_CURSORS)
@pytest.mark.parametrize("where", ["header", "query"])
async def test_a_cursor_that_leads_nowhere_is_a_gap_in_a_200(
    relay: Relay, cursor: str, where: str
) -> None:
    thread_id = await relay.new_thread()
    await finished_run(relay, thread_id)
    now = (await relay.messages(thread_id))["last_event_id"]
    cursor = cursor.format(incarnation=now.partition("-")[0])
    query = f"?last_event_id={cursor}" if where == "query" else ""
    headers = {"Last_Event_ID": cursor} if where == "header" else {}

    async with relay.open(f"/threads/{thread_id}/events{query}", **headers) as feed:
        gap = await feed.next()
        message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)
        after = await feed.next()

    assert gap.event == "relay.gap"
    assert gap.data in ({"reason": "malformed"}, {"reason": "unknown"})
    assert gap.id == now
    assert after.data == message.json


async def test_after_a_gap_a_run_in_progress_goes_on_from_its_start(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted, 9)

    async with relay.follow(thread_id, Last_Event_ID="abc-7") as feed:
        gap, first = await feed.next(), await feed.next()

    assert (gap.event, gap.data) == ("relay.gap", {"reason": "unknown"})
    assert first.says("in_progress", run_id)
    hold.release()


async def test_a_cursor_whose_frames_are_gone_is_a_gap(start_relay: StartRelay) -> None:
    relay = await start_relay(log_max_events=20)
    thread_id = await relay.new_thread()
    first = (await relay.messages(thread_id))["last_event_id"]
    runs = [await finished_run(relay, thread_id) for _ in range(3)]

    async with relay.follow(thread_id, Last_Event_ID=first) as feed:
        gap = await feed.next()
        now = (await relay.messages(thread_id))["last_event_id"]
    async with relay.open(f"/threads/{thread_id}/events?last_event_id=earliest") as feed:
        kept = await feed.until_ended(runs[2])

    assert (gap.event, gap.data, gap.id) == ("relay.gap", {"reason": "trimmed"}, now)
    assert kept[0].says("in_progress", runs[2])


async def test_a_cursor_is_good_while_nothing_after_it_is_gone(start_relay: StartRelay) -> None:
    relay = await start_relay(log_max_events=20)
    thread_id = await relay.new_thread()
    runs = [await finished_run(relay, thread_id) for _ in range(2)]
    async with relay.open(f"/threads/{thread_id}/events?last_event_id=earliest") as feed:
        oldest = feed.cursor
        kept = await feed.until_ended(runs[1])
    before = f"{oldest.partition('-')[0]}-{int(oldest.partition('-')[2]) - 1}"

    async with relay.follow(thread_id, Last_Event_ID=oldest) as feed:
        assert await feed.until_ended(runs[1]) == kept
    async with relay.follow(thread_id, Last_Event_ID=before) as feed:
        assert (await feed.next()).data == {"reason": "trimmed"}


async def test_a_run_in_progress_that_has_lost_its_beginning_says_so(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(log_max_events=1, log_max_bytes=1)
    thread_id = await relay.new_thread()
    await finished_run(relay, thread_id, "long-answer")
    hold = scripted.hold(4_000, thread_id)
    await relay.start(thread_id, "long-answer")
    await hold.reached()

    async with relay.follow(thread_id) as feed:
        gap = await feed.next()

    assert (gap.event, gap.data, gap.id) == ("relay.gap", {"reason": "trimmed"}, feed.cursor)
    hold.release()


async def test_all_followers_of_a_thread_get_the_same_frames(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(5)

    async with relay.follow(thread_id) as early:
        run_id = await relay.start(thread_id)
        await hold.reached()
        async with relay.follow(thread_id) as late, relay.follow(thread_id, run_id) as of_run:
            hold.release()
            frames = await early.until_ended(run_id)
            assert await late.until_ended(run_id) == frames
            assert await of_run.rest() == frames


async def test_threads_do_not_hear_each_other(relay: Relay) -> None:
    one, other = await relay.new_thread(), await relay.new_thread()

    async with relay.follow(one) as feed:
        await finished_run(relay, other)
        message = await relay.post(f"/threads/{one}/messages", QUESTION)
        frame = await feed.next()

    assert frame.data == message.json


async def test_followers_beyond_the_limit_are_refused_until_one_leaves(
    start_relay: StartRelay,
) -> None:
    relay = await start_relay(max_followers=1)

    async with relay.follow("thread_1") as feed:
        refused = await relay.get("/threads/thread_2/events")
        feed.response.close()
    # The relay hears of it with its next look at the connection.
    while (answer := await relay.session.get(f"{relay.url}/threads/thread_2/events")).status == 503:
        await answer.read()

    assert (refused.status, refused.error["code"]) == (503, "too_many_followers")
    assert refused.headers["Retry-After"] == "5"
    assert answer.status == 200
    answer.close()
