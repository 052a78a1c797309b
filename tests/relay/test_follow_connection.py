"""A follower's connection, byte by byte: headers once, whole frames, a proper end."""

import logging
import re

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Cut

from .conftest import StartRelay
from .relays import Relay
from .sockets import answer_to, body_of, connected, follow_by_hand


async def test_http_1_0_gets_a_body_without_chunks(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted, 7)
    target = f"/threads/{thread_id}/runs/{run_id}/events"

    async with connected(relay) as (reader, writer):
        answer = await follow_by_hand(reader, writer, target, "HTTP/1.0")
        hold.release()
        answer += await reader.read()
    modern = await relay.get(target)

    assert b"transfer-encoding" not in answer.partition(b"\r\n\r\n")[0].lower()
    assert without_prelude(body_of(answer)) == without_prelude(modern.body)


def without_prelude(body: bytes) -> bytes:
    return body.partition(b"\n\n")[2]


async def test_chunks_are_whole_frames_and_the_last_one_is_empty(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted, 7)

    async with connected(relay) as (reader, writer):
        answer = await follow_by_hand(reader, writer, f"/threads/{thread_id}/runs/{run_id}/events")
        hold.release()
        answer += await reader.read()
    chunks = chunks_of(body_of(answer))

    assert chunks[-1] == b""
    assert all(chunk.endswith(b"\n\n") for chunk in chunks[:-1])
    assert all(re.match(b"id: |retry: ", chunk) for chunk in chunks[:-1])


def chunks_of(body: bytes) -> list[bytes]:
    """RFC 9112, 7.1; raises where the body is none."""
    chunks = []
    while body:
        line, _, body = body.partition(b"\r\n")
        size = int(line, 16)
        chunks.append(body[:size])
        assert body[size : size + 2] == b"\r\n"
        body = body[size + 2 :]
    return chunks


@pytest.mark.parametrize("assistant", ["one-word", "error-midstream", "run-failed", "broken off"])
async def test_a_stream_has_one_status_line_however_its_run_ends(
    start_relay: StartRelay, scripted: ScriptedAssistants, assistant: str
) -> None:
    relay = await start_relay(settle_seconds=0.1)
    thread_id = await relay.new_thread()
    if assistant == "broken off":
        scripted.fail_next("runs.create", Cut(5))
        assistant = "one-word"
    run_id = await relay.start(thread_id, assistant)

    answer = await answer_to(relay, "GET", f"/threads/{thread_id}/runs/{run_id}/events")

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"\r\n0\r\n\r\n")


async def test_a_follower_that_leaves_leaves_nothing_behind(
    relay: Relay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    thread_id = await relay.new_thread()
    hold = scripted.hold(7)

    async with relay.follow(thread_id) as stays:
        run_id = await relay.start(thread_id)
        await hold.reached()
        async with connected(relay) as (reader, writer):
            await follow_by_hand(reader, writer, f"/threads/{thread_id}/events")
            writer.transport.abort()
        hold.release()
        await stays.until_ended(run_id)
        while relay.followers(thread_id) > 1:
            await relay.get("/healthz")

    assert [record for record in caplog.records if record.name.startswith("relay")] == []


async def test_silence_is_broken_by_a_ping_that_has_no_id(start_relay: StartRelay) -> None:
    relay = await start_relay(ping_seconds=0.1)

    async with relay.follow("thread_1") as feed:
        before = feed.cursor
        ping = await feed.next()

    assert ping.raw == b"event: relay.ping\ndata: {}"
    assert feed.cursor == before


async def test_whoever_waits_for_a_run_hears_pings_although_another_run_speaks(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    scripted.stage.rate = 100
    relay = await start_relay(ping_seconds=0.1)
    thread_id = await relay.new_thread()
    await relay.start(thread_id, "long-answer")
    waiting = await relay.start(thread_id, if_busy="enqueue")

    async with relay.follow(thread_id, waiting) as feed:
        queued, ping = await feed.next(), await feed.next()

    assert queued.says("queued", waiting)
    assert ping.event == "relay.ping"
