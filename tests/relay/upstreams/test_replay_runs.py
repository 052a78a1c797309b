"""The `replay` upstream: runs that wait, are cancelled, or break."""

import asyncio
import json
from pathlib import Path

import pytest

from reducer import replay
from relay.errors import ThreadBusy, UpstreamLost, UpstreamRefused
from relay.places import recordings_folder
from relay.upstreams import Start
from tests.relay.relays import QUESTION

from .asking import ongoing, read, read_rest
from .replaying import (
    OWN,
    events_of,
    new_thread,
    pausing,
    recordings_of,
    replaying,
    run,
    run_id_of,
    started,
    waiting,
)


async def test_a_run_waits_for_the_outputs_of_its_tools() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    start = Start(thread_id=thread_id, assistant_id="function-call")

    first = await read(upstream.start_run(start))

    run_id = run_id_of(first)
    told = await upstream.retrieve_run(thread_id, run_id)
    assert told["status"] == "requires_action"
    assert first.endswith(b"event: done\ndata: [DONE]\n\n")
    [call] = waiting(told)
    second = await read(
        upstream.submit_tool_outputs(
            ongoing(thread_id, run_id), [{"tool_call_id": call, "output": "1"}]
        )
    )
    assert (await upstream.retrieve_run(thread_id, run_id))["status"] == "completed"
    assert json.dumps(run_id).encode() in second


async def test_outputs_must_be_complete_and_asked_for() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    first = await read(
        upstream.start_run(Start(thread_id=thread_id, assistant_id="parallel-calls"))
    )
    run_id = run_id_of(first)
    calls = waiting(await upstream.retrieve_run(thread_id, run_id))
    one = [{"tool_call_id": calls[0], "output": ""}]
    done = [{"tool_call_id": call, "output": ""} for call in calls]

    with pytest.raises(UpstreamRefused) as incomplete:
        await read(upstream.submit_tool_outputs(ongoing(thread_id, run_id), one))
    await read(upstream.submit_tool_outputs(ongoing(thread_id, run_id), done))
    with pytest.raises(UpstreamRefused) as too_late:
        await read(upstream.submit_tool_outputs(ongoing(thread_id, run_id), done))

    assert incomplete.value.http_status == 400
    assert calls[1] in str(incomplete.value)
    assert too_late.value.http_status == 400


async def test_a_recording_that_ends_with_a_question_is_completed_by_the_answer(
    tmp_path: Path,
) -> None:
    whole = (recordings_folder() / "function-call.sse").read_bytes()
    asks = whole[: whole.index(b"event: done")]
    upstream = replaying(recordings_of(tmp_path, asks=asks))
    thread_id = await new_thread(upstream)

    stream = await run(upstream, started(thread_id, "asks"))

    assert events_of(stream)[-2]["event"] == "thread.run.completed"
    assert (await upstream.retrieve_run(thread_id, run_id_of(stream)))["status"] == "completed"


async def test_a_cancelled_run_ends_at_once_and_keeps_its_text(tmp_path: Path) -> None:
    upstream = replaying(pausing(tmp_path, b"thread.message.delta"), speed=1)
    thread_id = await new_thread(upstream)

    async with upstream.start_run(Start(thread_id=thread_id, assistant_id="pausing")) as chunks:
        first = await anext(chunks)
        run_id = run_id_of(first)
        await upstream.cancel_run(thread_id, run_id)
        rest = await read_rest(chunks)

    assert [event["event"] for event in events_of(rest)] == ["thread.run.cancelled", "done"]
    assert (await upstream.retrieve_run(thread_id, run_id))["status"] == "cancelled"
    [message] = await upstream.run_messages(ongoing(thread_id, run_id))
    assert message["status"] == "incomplete"
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    [part] = message["content"]
    assert part["text"] == replay(events_of(first))[0]["content"][0]["text"]


async def test_a_run_that_waits_for_outputs_can_be_cancelled() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    start = Start(thread_id=thread_id, assistant_id="function-call")
    run_id = run_id_of(await read(upstream.start_run(start)))

    await upstream.cancel_run(thread_id, run_id)
    await upstream.cancel_run(thread_id, run_id)

    assert (await upstream.retrieve_run(thread_id, run_id))["status"] == "cancelled"
    assert await upstream.create_message(thread_id, QUESTION)


async def test_a_run_that_has_ended_stays_as_it_is_when_it_is_cancelled() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    run_id = run_id_of(await run(upstream, started(thread_id, "plain-text")))

    await upstream.cancel_run(thread_id, run_id)

    assert (await upstream.retrieve_run(thread_id, run_id))["status"] == "completed"


async def test_a_thread_with_a_run_takes_no_message_and_no_other_run(tmp_path: Path) -> None:
    upstream = replaying(pausing(tmp_path, b"thread.message.delta"), speed=1)
    thread_id = await new_thread(upstream)
    start = Start(thread_id=thread_id, assistant_id="pausing")

    async with upstream.start_run(start) as chunks:
        await anext(chunks)

        with pytest.raises(ThreadBusy):
            await upstream.create_message(thread_id, QUESTION)
        with pytest.raises(ThreadBusy):
            await read(upstream.start_run(start))


async def test_a_run_that_nobody_reads_is_finished_all_the_same(tmp_path: Path) -> None:
    upstream = replaying(pausing(tmp_path, b"thread.message.delta"), speed=1)
    thread_id = await new_thread(upstream)

    async with upstream.start_run(Start(thread_id=thread_id, assistant_id="pausing")) as chunks:
        run_id = run_id_of(await anext(chunks))

    [message] = await upstream.run_messages(ongoing(thread_id, run_id))
    assert message["status"] == "completed"
    assert (await upstream.retrieve_run(thread_id, run_id))["status"] == "completed"


@pytest.mark.parametrize("setting", ["stop_after", "stall_after"])
async def test_a_stream_can_be_broken_on_purpose(setting: str) -> None:
    upstream = replaying(OWN, **{setting: 6, "stall_timeout": 0.05})
    thread_id = await new_thread(upstream)
    received = bytearray()

    async def take() -> None:
        async for chunk in chunks:
            received.extend(chunk)

    async with upstream.start_run(Start(thread_id=thread_id, assistant_id="plain-text")) as chunks:
        with pytest.raises(UpstreamLost):
            await take()

    assert len(events_of(bytes(received))) == 6
    told = await upstream.retrieve_run(thread_id, run_id_of(bytes(received)))
    assert told["status"] == "completed"


async def test_a_stalled_run_can_be_cancelled() -> None:
    upstream = replaying(stall_after=6)
    thread_id = await new_thread(upstream)

    async with upstream.start_run(Start(thread_id=thread_id, assistant_id="plain-text")) as chunks:
        await upstream.cancel_run(thread_id, run_id_of(await anext(chunks)))
        rest = await asyncio.wait_for(read_rest(chunks), 5)

    assert b"event: thread.run.cancelled" in rest
