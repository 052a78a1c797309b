"""What `/metrics` says of followers: how many, how far behind, who came back, who missed what."""

from tests.relay.byte_servers import ByteServer
from tests.relay.conftest import StartRelay
from tests.relay.relays import Relay
from tests.relay.test_follow_slow import END, FRAME, stalled
from tests.scripted.faults import EndEarly
from tests.scripted.responses import ScriptedResponses

from .scraping import scrape


async def test_followers_are_counted_while_they_are_there(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id), relay.follow(thread_id):
        during = await scrape(relay)
    while relay.followers(thread_id):
        await relay.get("/healthz")

    after = await scrape(relay)

    assert during.value("relay_followers") == 2
    assert after.value("relay_followers") == 0


async def test_a_follower_that_goes_on_from_its_cursor_has_come_back(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await feed.until_ended(run_id)
        cursor = feed.cursor
    before = await scrape(relay)
    async with relay.follow(thread_id, Last_Event_ID=cursor):
        pass
    async with relay.follow(thread_id, Last_Event_ID="earliest"), relay.follow(thread_id):
        pass

    after = await scrape(relay)

    assert before.value("relay_followers_resumed_total") == 0
    assert after.value("relay_followers_resumed_total") == 1


async def test_gaps_are_counted_by_their_reason(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    for cursor in ("nonsense", "0123456789-5", "0123456789-6"):
        async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
            await feed.next()

    told = await scrape(relay)

    assert told.value("relay_gaps_total", reason="malformed") == 1
    assert told.value("relay_gaps_total", reason="unknown") == 2
    assert told.value("relay_gaps_total", reason="trimmed") == 0
    assert told.value("relay_followers_resumed_total") == 0


async def test_the_slowest_follower_is_told_in_frames_and_in_bytes(
    start_relay: StartRelay,
) -> None:
    async with ByteServer.started([FRAME] * 100 + [END]) as server:
        relay = await start_relay(openai_base_url=server.url)

        async with relay.follow("thread_1") as feed, stalled(relay, "thread_1"):
            await relay.start("thread_1")
            frames = await feed.until_ended()
            behind = await scrape(relay)
        while relay.followers("thread_1"):
            await relay.get("/healthz")
        gone = await scrape(relay)

    assert 0 < behind.value("relay_follower_lag_events") < len(frames)
    assert behind.value("relay_follower_lag_bytes") > 0
    assert gone.value("relay_follower_lag_events") == 0
    assert gone.value("relay_follower_lag_bytes") == 0


async def test_a_follower_that_is_up_to_date_is_not_behind(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        await feed.until_ended(await relay.start(thread_id))

        told = await scrape(relay)

    assert told.value("relay_follower_lag_events") == 0


async def test_an_upstream_stream_that_went_on_where_it_broke_is_counted(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(
        upstream="responses",
        openai_base_url=scripted_responses.url,
        openai_api_key=scripted_responses.key,
        model="plain-text",
    )
    scripted_responses.fail_next("responses.create", EndEarly(7))
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        await feed.until_ended(await relay.start(thread_id, "default"))

    told = await scrape(relay)

    assert told.value("relay_streams_resumed_total") == 1
    assert told.value("relay_runs_ended_total", status="completed") == 1
