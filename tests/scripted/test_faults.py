"""What a test plans to go wrong goes wrong, and nothing else does."""

import asyncio

import aiohttp
import pytest

from .asking import Asking, events_of
from .assistants import ScriptedAssistants
from .faults import (
    COMMENTS,
    FORGED_RUN,
    MALFORMED_JSON,
    Cut,
    Drop,
    EndEarly,
    Fault,
    Insert,
    NeverAnswer,
    Stall,
    oversized,
)

RUN = {"assistant_id": "plain-text", "stream": True}


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_refusal_comes_once_and_starts_nothing(
    scripted: ScriptedAssistants, asking: Asking, status: int
) -> None:
    thread_id = await asking.new_thread()
    body = {"error": {"message": f"Not with {scripted.key}", "type": "x", "code": None}}
    scripted.fail_next("runs.create", status=status, headers={"Retry-After": "3"}, body=body)

    async with asking.stream(thread_id, "plain-text") as refused:
        error = await refused.json()
    async with asking.stream(thread_id, "plain-text") as accepted:
        await accepted.read()

    assert (refused.status, refused.headers["Retry-After"]) == (status, "3")
    assert error == body
    assert accepted.status == 200
    assert len(scripted.thread(thread_id).runs) == 1
    assert len(scripted.received("runs.create")) == 2


@pytest.mark.parametrize("when_done", [False, True])
async def test_a_connection_is_closed_before_the_headers(
    scripted: ScriptedAssistants, asking: Asking, *, when_done: bool
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", Drop(when_done=when_done))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asking.post(f"/threads/{thread_id}/runs", RUN)

    assert len(scripted.thread(thread_id).runs) == when_done


@pytest.mark.parametrize("fault", [NeverAnswer(), NeverAnswer(when_done=True)])
async def test_an_answer_that_never_comes_holds_up_nobody_else(
    scripted: ScriptedAssistants, asking: Asking, fault: Fault
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", fault)

    waiting = asyncio.create_task(asking.post(f"/threads/{thread_id}/runs", RUN))
    other = await asking.new_thread()

    assert other
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_a_stream_that_stalls_has_its_events_up_to_there(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", Stall(3))

    async with asking.stream(thread_id, "plain-text") as response:
        lines = [await response.content.readline() for _ in range(9)]
        await scripted.finished(scripted.thread(thread_id).runs[0].id)

    assert lines[6] == b"event: thread.run.in_progress\n"
    assert scripted.thread(thread_id).runs[0].status == "completed"


@pytest.mark.parametrize("reset", [True, False])
async def test_a_stream_is_cut_in_the_middle_of_a_frame_and_the_run_goes_on(
    scripted: ScriptedAssistants, asking: Asking, *, reset: bool
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", Cut(8, reset=reset))

    async with asking.stream(thread_id, "plain-text") as response:
        with pytest.raises(aiohttp.ClientError):
            await response.read()
    run = scripted.thread(thread_id).runs[0]
    await scripted.finished(run.id)

    assert run.status == "completed"


async def test_a_stream_may_end_without_its_terminal_event(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", EndEarly(8))

    async with asking.stream(thread_id, "plain-text") as response:
        stream = await response.read()

    assert len(events_of(stream)) == 8


@pytest.mark.parametrize(
    "raw",
    [FORGED_RUN, MALFORMED_JSON, COMMENTS, oversized()],
    ids=["forged", "malformed", "comments", "oversized"],
)
async def test_foreign_bytes_come_between_two_events(
    scripted: ScriptedAssistants, asking: Asking, raw: bytes
) -> None:
    thread_id = await asking.new_thread()
    scripted.fail_next("runs.create", Insert(8, raw))

    async with asking.stream(thread_id, "plain-text") as response:
        stream = await response.read()

    before, inserted, after = stream.partition(raw)
    assert inserted
    assert len(events_of(before)) == 8
    assert len(events_of(before + after)) == len(scripted.thread(thread_id).runs[0].events)


async def test_a_server_that_is_gone_comes_back_with_its_threads(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id = await asking.new_thread()

    await scripted.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await asking.get(f"/threads/{thread_id}")
    await scripted.start()

    assert (await asking.get(f"/threads/{thread_id}"))["id"] == thread_id
