"""The `responses` upstream: a run is followed again, or cancelled."""

from pathlib import Path

import pytest

from relay.errors import UpstreamRefused
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.responses import ScriptedResponses

from .asking import read, read_rest
from .conftest import OpenResponses
from .responding import HeardRun


async def test_a_stream_goes_on_from_beyond_the_frame_that_is_named(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, run: HeardRun
) -> None:
    await run.begin()
    whole = [event["data"]["sequence_number"] for event in run.events]
    stream = responses.resume_run(run.told(), 3)
    run.events.clear()

    assert stream
    status = await run.hear(stream)

    assert status == "completed"
    assert [event["data"]["sequence_number"] for event in run.events] == whole[4:]
    [asked] = scripted_responses.received("responses.retrieve.stream")
    assert asked.query["starting_after"] == "3"


async def test_what_pads_a_stream_is_asked_for_as_at_its_start(
    scripted_responses: ScriptedResponses, open_responses: OpenResponses, tmp_path: Path
) -> None:
    path = tmp_path / "assistants.toml"
    path.write_text("[default]\nstream_options = { include_obfuscation = false }")
    upstream = open_responses(assistants=path)
    thread = await upstream.create_thread({"messages": [QUESTION]})
    run = HeardRun(upstream, thread["id"], "default")
    await run.begin()
    stream = upstream.resume_run(run.told(), 3)

    assert stream
    await read(stream)

    [asked] = scripted_responses.received("responses.retrieve.stream")
    assert asked.query["include_obfuscation"] == "false"


async def test_a_stream_that_is_not_to_be_had_any_more_is_refused(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, run: HeardRun
) -> None:
    scripted_responses.manners.streamable_seconds = 0
    await run.begin()
    stream = responses.resume_run(run.told(), 3)

    assert stream
    with pytest.raises(UpstreamRefused) as raised:
        await read(stream)

    assert "more than 5 minutes old" in str(raised.value)


async def test_nothing_is_resumed_in_the_foreground(
    foreground: ResponsesUpstream,
) -> None:
    thread = await foreground.create_thread({})
    run = HeardRun(foreground, thread["id"])
    await run.begin()

    assert foreground.resume_run(run.told(), 3) is None


async def test_what_was_never_named_is_not_resumed(
    responses: ResponsesUpstream, run: HeardRun
) -> None:
    assert responses.resume_run(run.told(), 0) is None


async def test_a_run_that_is_cancelled_ends(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.hold("response.output_text.delta")
    async with responses.start_run(HeardRun(responses, conversation_id).first) as chunks:
        await anext(chunks)
        [response] = scripted_responses.responses

        await responses.cancel_run(conversation_id, response.id)
        await responses.cancel_run(conversation_id, response.id)

        await read_rest(chunks)
    told = await responses.retrieve_run(conversation_id, response.id)
    assert told["status"] == "cancelled"


async def test_a_run_that_has_ended_may_be_cancelled(
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
    run: HeardRun,
) -> None:
    await run.begin()
    [response] = scripted_responses.responses

    await responses.cancel_run(conversation_id, response.id)

    assert response.status == "completed"


async def test_a_cancel_that_is_refused_in_mid_run_is_a_refusal(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.hold(3)
    scripted_responses.fail_next("responses.cancel", status=400)
    async with responses.start_run(HeardRun(responses, conversation_id).first) as chunks:
        await anext(chunks)

        with pytest.raises(UpstreamRefused):
            await responses.cancel_run(conversation_id, scripted_responses.responses[0].id)


async def test_in_the_foreground_there_is_nothing_to_cancel(
    scripted_responses: ScriptedResponses, foreground: ResponsesUpstream
) -> None:
    thread = await foreground.create_thread({})
    await HeardRun(foreground, thread["id"]).begin()

    await foreground.cancel_run(thread["id"], scripted_responses.responses[0].id)

    assert not scripted_responses.received("responses.cancel")
