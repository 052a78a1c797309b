"""The `assistants` upstream: streams, whole and broken."""

from contextlib import AsyncExitStack

import pytest

from relay.errors import UpstreamLost
from relay.upstreams.assistants import AssistantsUpstream
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import COMMENTS, Cut, EndEarly, Insert, Stall
from tests.scripted.framing import Framing

from .asking import ongoing, read, read_rest, sent, start


@pytest.mark.parametrize(
    "framing",
    {
        "as OpenAI does": Framing(),
        "with CRLF, a byte order mark and comments": Framing(
            end_of_line="\r\n", byte_order_mark=True, chatty=True
        ),
        "without names, cut anywhere": Framing(names=False, write_bytes=7),
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_stream_comes_byte_for_byte(
    framing: tuple[str, Framing],
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
) -> None:
    scripted.manners.framing = framing[1]

    received = await read(upstream.start_run(start(thread_id, "unicode")))

    assert received == sent(scripted, thread_id)


async def test_what_is_no_event_comes_too(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", Insert(3, COMMENTS))

    received = await read(upstream.start_run(start(thread_id)))

    assert COMMENTS in received
    assert received.replace(COMMENTS, b"") == sent(scripted, thread_id)


async def test_a_chunk_is_there_before_the_next_is_sent(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    hold = scripted.hold(1)

    async with upstream.start_run(start(thread_id)) as chunks:
        first = await anext(chunks)

    assert first == sent(scripted, thread_id)
    assert first.count(b"\n\n") == 1
    hold.release()


async def test_a_compressing_server_is_asked_not_to(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.manners.gzip = True

    received = await read(upstream.start_run(start(thread_id)))

    assert received == sent(scripted, thread_id)
    [request] = scripted.received("runs.create")
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["Accept"] == "text/event-stream"


async def test_a_run_goes_on_with_the_outputs_of_its_tools(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id, "function-call")))
    run = scripted.thread(thread_id).runs[0]
    already = len(run.events)
    outputs = [{"tool_call_id": call_id, "output": "sunny"} for call_id in run.waiting]

    received = await read(upstream.submit_tool_outputs(ongoing(thread_id, run.id), outputs))

    assert received == sent(scripted, thread_id, already)
    assert run.status == "completed"
    [request] = scripted.received("runs.submit_tool_outputs")
    assert request.body == {"tool_outputs": outputs, "stream": True}


async def test_two_hundred_streams_are_open_at_once(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    hold = scripted.hold(1)
    threads = [await upstream.create_thread({}) for _ in range(200)]

    async with AsyncExitStack() as stack:
        for thread in threads:
            chunks = await stack.enter_async_context(upstream.start_run(start(thread["id"])))
            assert await anext(chunks)
        hold.release()

    assert len(scripted.received("runs.create")) == 200


async def test_leaving_a_stream_leaves_the_run_alone(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    hold = scripted.hold(3)
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)
    hold.release()

    await scripted.finished(scripted.thread(thread_id).runs[0].id)

    run = await upstream.retrieve_run(thread_id, scripted.thread(thread_id).runs[0].id)
    assert run["status"] == "completed"


# Streams that break


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
async def test_a_cut_is_told_after_what_came_before_it(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str, *, reset: bool
) -> None:
    hold = scripted.hold(4)
    scripted.fail_next("runs.create", Cut(5, reset=reset))
    received = b""

    async with upstream.start_run(start(thread_id)) as chunks:
        while received.count(b"\n\n") < 4:
            received += await anext(chunks)
        hold.release()
        with pytest.raises(UpstreamLost):
            await read_rest(chunks)

    assert sent(scripted, thread_id).startswith(received)


async def test_silence_is_a_loss(
    scripted: ScriptedAssistants, hasty: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", Stall(2))

    async with hasty.start_run(start(thread_id)) as chunks:
        with pytest.raises(UpstreamLost):
            await read_rest(chunks)


async def test_an_end_in_good_order_is_only_an_end(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", EndEarly(2))

    received = await read(upstream.start_run(start(thread_id)))

    assert received.count(b"\n\n") == 2
