"""What asking costs is bounded: threads that are only asked for, bodies that never come."""

import asyncio

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS
from .gates import Gate
from .relays import QUESTION, Relay
from .sockets import connected, status_of


async def finished_run(relay: Relay) -> str:
    thread_id = await relay.new_thread()
    await relay.watched_run(thread_id, "one-word")
    return thread_id


async def test_a_thread_that_was_only_followed_is_forgotten_with_its_last_follower(
    relay: Relay,
) -> None:
    async with relay.follow("thread_1") as one:
        async with relay.follow("thread_1") as other:
            other.response.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while relay.followers("thread_1") > 1:
                await relay.get("/healthz")
        assert relay.is_open("thread_1")
        one.response.close()

    await relay.until_forgotten("thread_1")


async def test_a_cursor_of_a_thread_that_was_forgotten_so_goes_on(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        cursor = feed.cursor
        feed.response.close()
    await relay.until_forgotten(thread_id)
    message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)

    async with relay.follow(thread_id, Last_Event_ID=cursor) as feed:
        frame = await feed.next()

    assert (frame.event, frame.data) == ("relay.message", message.json)


async def test_a_thread_with_frames_stays_when_its_followers_leave(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        await relay.post(f"/threads/{thread_id}/messages", QUESTION)
        frame = await feed.next()
        feed.response.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while relay.followers(thread_id):
            await relay.get("/healthz")

    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        assert await feed.next() == frame


async def test_a_message_that_is_being_added_reaches_whoever_follows_meanwhile(
    start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, max_threads=1)
    thread_id = await relay.new_thread()
    held = gate.hold_request("POST", "/messages")
    adding = asyncio.create_task(relay.post(f"/threads/{thread_id}/messages", QUESTION))
    await held.reached()

    async with relay.follow(thread_id) as leaves:
        leaves.response.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while relay.followers(thread_id):
            await relay.get("/healthz")
    other = await relay.get("/threads/thread_2/events")
    async with relay.follow(thread_id) as feed:
        held.release()
        frame = await feed.next()

    assert (other.status, other.error["code"]) == (503, "too_many_threads")
    assert frame.data == (await adding).json


async def test_threads_beyond_the_limit_are_refused_until_one_is_left(
    start_relay: StartRelay,
) -> None:
    relay = await start_relay(max_threads=1)

    async with relay.follow("thread_1") as feed:
        refused = [
            await relay.get("/threads/thread_2/events"),
            await relay.post("/threads/thread_2/messages", QUESTION),
        ]
        feed.response.close()
    await relay.until_forgotten("thread_1")

    for answer in refused:
        assert (answer.status, answer.error["code"]) == (503, "too_many_threads")
        assert answer.headers["Retry-After"] == "5"
    assert refused[1].headers["x-should-retry"] == "false"
    async with relay.follow("thread_2"):
        assert relay.is_open("thread_2")


async def test_the_thread_that_was_not_used_for_longest_makes_room(start_relay: StartRelay) -> None:
    relay = await start_relay(max_threads=2)
    old, used = await finished_run(relay), await finished_run(relay)
    async with relay.follow(old) as feed:
        new = await finished_run(relay)

        assert [relay.is_open(one) for one in (old, used, new)] == [True, False, True]
        assert feed.response.status == 200


async def test_a_busy_thread_makes_no_room(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(max_threads=1)
    thread_id, run_id, hold = await relay.held_run(scripted, 7)

    refused = await relay.get("/threads/thread_2/events")
    async with relay.follow(thread_id, run_id) as feed:
        hold.release()
        frames = await feed.rest()

    assert refused.status == 503
    assert frames[-1].data["status"] == "completed"


@pytest.mark.parametrize(
    "path", ["/threads", "/threads/thread_1/runs", "/threads/thread_1/messages"]
)
async def test_a_body_that_does_not_come_is_not_waited_for(
    start_relay: StartRelay, path: str
) -> None:
    relay = await start_relay(body_timeout=0.1)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 100\r\n\r\n{"
    )

    async with connected(relay) as (reader, writer), asyncio.timeout(PATIENCE_SECONDS):
        writer.write(head.encode())
        answer = await reader.readuntil(b"}}")

    assert status_of(answer) == 408
    assert b"body_too_slow" in answer
    assert b"x-should-retry: false" in answer.lower()
    assert not relay.is_open("thread_1")
