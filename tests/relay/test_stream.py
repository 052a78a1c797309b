"""`"stream": true`: the frames of one upstream stream, as OpenAI would send them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import (
    COMMENTS,
    FORGED_RUN,
    Cut,
    Drop,
    EndEarly,
    Insert,
    Stall,
    oversized,
)
from tests.scripted.framing import Framing

from .byte_servers import ByteServer
from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS, Sent
from .relays import Relay

RUN = {"assistant_id": "plain-text", "stream": True}


@asynccontextmanager
async def streamed(
    relay: Relay, path: str, body: Any, **headers: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    timeout = aiohttp.ClientTimeout(total=None)
    async with relay.session.post(
        relay.url + path, json=body, headers=headers, timeout=timeout
    ) as response:
        yield response


def sent_by(scripted: ScriptedAssistants, thread_id: str, first: int = 0, *, run: int = 0) -> bytes:
    """The upstream's stream of a run from an event on, in its own framing."""
    events = scripted.thread(thread_id).runs[run].events[first:]
    return b"".join(Framing().frame(event, number) for number, event in enumerate(events, 1))


@pytest.mark.parametrize("assistant_id", ["plain-text", "unicode", "error-flat", "run-failed"])
async def test_the_answer_is_the_upstreams_stream_byte_for_byte(
    relay: Relay, scripted: ScriptedAssistants, assistant_id: str
) -> None:
    thread_id = await relay.new_thread()

    async with streamed(
        relay, f"/threads/{thread_id}/runs", {**RUN, "assistant_id": assistant_id}
    ) as response:
        body = await response.read()

    assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
    assert response.headers["Cache-Control"] == "no-cache, no-transform"
    assert body == sent_by(scripted, thread_id)


async def test_comments_ids_and_forged_frames_are_left_out(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", Insert(9, COMMENTS + FORGED_RUN))

    async with streamed(relay, f"/threads/{thread_id}/runs", RUN) as response:
        assert await response.read() == sent_by(scripted, thread_id)


async def test_frames_come_as_they_come(relay: Relay, scripted: ScriptedAssistants) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(3)

    async with streamed(relay, f"/threads/{thread_id}/runs", RUN) as response:
        received = b""
        for count in range(3, 9):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while received.count(b"\n\n") < count:
                    received += await response.content.readany()
            assert received == sent_by(scripted, thread_id)
            hold.advance()
        hold.release()
        received += await response.read()

    assert received == sent_by(scripted, thread_id)


async def test_silence_is_broken_by_one_line_comments_that_dispatch_nothing(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(ping_seconds=0.05)
    thread_id = await relay.new_thread()
    hold = scripted.hold(3)

    async with streamed(relay, f"/threads/{thread_id}/runs", RUN) as response:
        received = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while received.count(b":\n") < 2:
                received += await response.content.readany()
        hold.release()
        received += await response.read()

    comments = [line for line in received.split(b"\n") if line.startswith(b":")]
    assert set(comments) == {b":"}
    assert received.replace(b":\n", b"") == sent_by(scripted, thread_id)


async def test_the_answer_ends_where_its_stream_does_though_the_run_goes_on(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    body = {"assistant_id": "call-after-call", "stream": True}

    async with relay.follow(thread_id) as feed:
        async with streamed(relay, f"/threads/{thread_id}/runs", body) as response:
            first = await response.read()
        count = len(scripted.thread(thread_id).runs[0].events)
        run = await feed.asked()
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": call["id"], "output": "late"} for call in calls]
        path = f"/threads/{thread_id}/runs/{run['id']}/submit_tool_outputs"
        async with streamed(relay, path, {"tool_outputs": outputs, "stream": True}) as response:
            second = await response.read()

    assert first + second == sent_by(scripted, thread_id)
    assert second == sent_by(scripted, thread_id, count)
    assert second.endswith(b"event: done\ndata: [DONE]\n\n")


@pytest.mark.parametrize(
    "fault",
    [Cut(12), Cut(0), EndEarly(12), EndEarly(0), Stall(12), Insert(12, oversized(2_000_000))],
    ids=["cut", "cut at once", "ended early", "ended at once", "silent", "too large"],
)
async def test_a_stream_that_did_not_end_properly_is_never_closed_cleanly(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Any
) -> None:
    relay = await start_relay(stall_timeout=0.3, max_frame_bytes=1_000_000, settle_seconds=1)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", fault)

    async with streamed(relay, f"/threads/{thread_id}/runs", RUN) as response:
        with pytest.raises(aiohttp.ClientError):
            await response.read()

    assert response.status == 200


async def test_a_stream_that_ends_without_done_ended_properly(start_relay: StartRelay) -> None:
    end = b'event: thread.run.completed\ndata: {"id":"run_1"}\n\n'
    async with ByteServer.started([end]) as server:
        relay = await start_relay(openai_base_url=server.url)
        async with streamed(relay, "/threads/thread_1/runs", RUN) as response:
            assert await response.read() == end


async def left_in_mid_stream(relay: Relay, scripted: ScriptedAssistants) -> list[Sent]:
    """All frames of a run, as its thread's feed has them, whose own stream was left early."""
    thread_id = await relay.new_thread()
    hold = scripted.hold(12)
    async with relay.follow(thread_id) as feed:
        async with streamed(relay, f"/threads/{thread_id}/runs", RUN) as response:
            await hold.reached()
            response.close()
        hold.release()
        return await feed.until_ended()


async def test_leaving_does_not_cancel(relay: Relay, scripted: ScriptedAssistants) -> None:
    frames = await left_in_mid_stream(relay, scripted)

    assert frames[-1].says("completed")
    assert scripted.received("runs.cancel") == []


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_refusal_is_no_stream(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", status=status)

    answer = await relay.post(f"/threads/{thread_id}/runs", RUN)

    assert answer.status == (502 if status == 500 else status)
    assert answer.error["message"]
    assert answer.headers["x-should-retry"] == "false"


async def test_the_same_key_gives_the_same_stream_again(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"
    bodies = []
    for _ in range(2):
        async with streamed(relay, path, RUN, **{"Idempotency-Key": "key"}) as response:
            bodies.append(await response.read())

    assert bodies == [sent_by(scripted, thread_id)] * 2
    assert len(scripted.received("runs.create")) == 1


async def test_a_stream_that_is_given_again_ends_where_it_did_the_first_time(
    relay: Relay,
) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"
    body = {"assistant_id": "function-call", "stream": True}
    key = {"Idempotency-Key": "key"}

    async with relay.follow(thread_id) as feed:
        async with streamed(relay, path, body, **key) as response:
            first = await response.read()
        await relay.answer_calls(await feed.asked())
        await feed.until_ended()
    async with streamed(relay, path, body, **key) as response:
        again = await response.read()

    assert again == first
    assert first.count(b"event: done\n") == 1


async def test_an_interrupt_waits_for_its_turn_and_then_streams(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, _, hold = await relay.held_run(scripted, "thread.message.delta")
    hold.release()
    body = {"assistant_id": "one-word", "stream": True, "if_busy": "interrupt"}

    async with streamed(relay, f"/threads/{thread_id}/runs", body) as response:
        received = await response.read()

    assert received == sent_by(scripted, thread_id, run=1)


async def test_a_run_that_is_cancelled_before_its_turn_has_no_stream(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    scripted.manners.honours_cancel = False
    thread_id, _, hold = await relay.held_run(scripted, "thread.message.delta")
    body = {"assistant_id": "one-word", "stream": True, "if_busy": "interrupt"}

    async with relay.follow(thread_id) as feed:
        waiting = asyncio.create_task(relay.post(f"/threads/{thread_id}/runs", body))
        queued = (await feed.until_said("queued"))[-1].data["id"]
        await relay.post(f"/threads/{thread_id}/runs/{queued}/cancel")
        answer = await waiting

    assert answer.status == 409
    assert "cancelled before the upstream began it" in answer.error["message"]
    assert answer.headers["x-should-retry"] == "false"
    hold.release()


async def test_an_unknown_start_has_no_stream(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", Drop(when_done=True))

    answer = await relay.post(f"/threads/{thread_id}/runs", RUN)

    assert (answer.status, answer.error["code"]) == (502, "start_unknown")


FRAME = b"event: thread.x\ndata: " + b"x" * 100_000 + b"\n\n"
END = b'event: thread.run.completed\ndata: {"id":"run_1"}\n\nevent: done\ndata: [DONE]\n\n'
LONG = [FRAME] * 150 + [END]


@asynccontextmanager
async def read_late(relay: Relay) -> AsyncIterator[aiohttp.ClientResponse]:
    """The stream of a run whose client reads nothing before the run has ended."""
    async with (
        relay.follow("thread_1") as feed,
        streamed(relay, "/threads/thread_1/runs", RUN) as response,
    ):
        response.connection.transport.pause_reading()  # type: ignore[union-attr]
        await feed.until_ended()
        response.connection.transport.resume_reading()  # type: ignore[union-attr]
        yield response


async def test_a_client_that_reads_late_gets_all_of_it_and_need_not_wait_for_a_keep_alive(
    start_relay: StartRelay,
) -> None:
    async with ByteServer.started(LONG) as server:
        # No keep-alive comes within the patience of this test.
        relay = await start_relay(openai_base_url=server.url, ping_seconds=600)
        async with read_late(relay) as response, asyncio.timeout(PATIENCE_SECONDS):
            received = await response.read()

    assert received == b"".join(LONG)


async def test_a_client_that_reads_so_late_that_frames_are_gone_is_cut_off(
    start_relay: StartRelay,
) -> None:
    async with ByteServer.started(LONG) as server:
        relay = await start_relay(openai_base_url=server.url, log_max_bytes=1_000_000)
        async with read_late(relay) as response:
            with pytest.raises(aiohttp.ClientError):
                await response.read()


async def test_whoever_leaves_a_stream_leaves_no_complaint(
    relay: Relay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    await left_in_mid_stream(relay, scripted)

    assert caplog.records == []
