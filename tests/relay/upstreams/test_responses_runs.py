"""The `responses` upstream: how a run is started, followed, asked for and cancelled."""

import pytest

from relay.errors import UpstreamLost, UpstreamRefused
from relay.upstreams.responses import ResponsesUpstream
from tests.scripted.faults import Cut, Refuse
from tests.scripted.responses import ScriptedResponses

from .responding import CREATED_AT, LOCKED, RUN_ID, HeardRun, text_of

# How a run of each script ends.
ENDS = {
    "plain-text": "completed",
    "max-output-tokens": "incomplete",
    "content-filter": "incomplete",
    "failed": "failed",
    "rate-limited": "failed",
    "error-nested": "failed",
    "error-flat": "failed",
    "cancelled": "cancelled",
    "function-call": "requires_action",
    "never-done": "completed",
    "kept-alive": "completed",
    "several-responses": "completed",
    "empty-output": "completed",
    "new-names": "completed",
    "no-numbers": "requires_action",
    "another-make": "completed",
}
# Those of which the stream says more than the response itself knows.
ONLY_IN_STREAM = {"error-nested", "error-flat", "cancelled", "several-responses"}


async def test_a_run_is_a_response_in_the_background(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    await HeardRun(responses, conversation_id).begin()

    assert scripted_responses.received("responses.create")[0].body == {
        "model": "plain-text",
        "conversation": conversation_id,
        "input": [],
        "background": True,
        "stream": True,
    }
    assert responses.outlives_streams
    assert not responses.speaks_threads("plain-text")


async def test_in_the_foreground_the_server_is_told_nothing_of_it(
    scripted_responses: ScriptedResponses, foreground: ResponsesUpstream
) -> None:
    thread = await foreground.create_thread({})

    status = await HeardRun(foreground, thread["id"]).begin()

    assert status == "completed"
    assert "background" not in scripted_responses.received("responses.create")[0].body
    assert not foreground.outlives_streams


@pytest.mark.parametrize("script", ENDS)
async def test_the_stream_tells_how_a_run_ends(script: str, run: HeardRun) -> None:
    status = await run.begin()

    assert status == ENDS[script]
    assert (status == "failed") == bool(run.said.get("last_error"))
    assert (status == "incomplete") == bool(run.said.get("incomplete_details"))


@pytest.mark.parametrize("script", [name for name in ENDS if name not in ONLY_IN_STREAM])
async def test_a_run_that_is_asked_for_is_told_as_its_stream_told_it(
    script: str, responses: ResponsesUpstream, conversation_id: str, run: HeardRun
) -> None:
    await run.begin()
    told = run.told()

    asked = await responses.retrieve_run(conversation_id, told["upstream_ids"][-1], script)

    for key in ("status", "required_action", "last_error", "incomplete_details"):
        assert asked.get(key) == told.get(key), key


async def test_a_run_in_progress_is_told_as_such(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.hold(3)
    async with responses.start_run(HeardRun(responses, conversation_id).first) as chunks:
        await anext(chunks)
        [response] = scripted_responses.responses

        told = await responses.retrieve_run(conversation_id, response.id)

    assert (told["upstream_id"], told["status"]) == (response.id, "in_progress")


@pytest.mark.parametrize("script", ["plain-text", "several-messages", "reasoning"])
async def test_the_messages_of_a_run_say_whose_they_are(
    script: str,
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
    run: HeardRun,
) -> None:
    await run.begin()

    messages = await responses.run_messages(run.told())

    [response] = scripted_responses.responses
    output = response.wire()["output"]
    places = [place for place, item in enumerate(output) if item["type"] == "message"]
    assert [message["id"] for message in messages] == [output[place]["id"] for place in places]
    assert [text_of(message) for message in messages] == [
        "".join(part["text"] for part in output[place]["content"]) for place in places
    ]
    assert [message["output_index"] for message in messages] == places
    for message in messages:
        assert message["object"] == "thread.message"
        assert message["run_id"] == RUN_ID
        assert message["assistant_id"] == script
        assert message["thread_id"] == conversation_id
        assert message["created_at"] == CREATED_AT
        assert message["response_id"] == response.id
        assert message["status"] == "completed"


async def test_a_start_waits_for_a_conversation_that_is_locked(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.fail_next("responses.create", LOCKED)

    status = await HeardRun(responses, conversation_id).begin()

    assert status == "completed"
    assert len(scripted_responses.responses) == 1


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_any_other_refusal_is_passed_on_at_once(
    status: int,
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
) -> None:
    scripted_responses.fail_next("responses.create", status=status, message="No bees today.")

    with pytest.raises(UpstreamRefused) as raised:
        await HeardRun(responses, conversation_id).begin()

    assert raised.value.upstream_status == status
    assert len(scripted_responses.received("responses.create")) == 1


async def test_an_open_call_that_is_not_to_be_found_is_a_refusal(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    refusal = Refuse(400, message="No tool output found for function call call_1.")
    scripted_responses.fail_next("responses.create", refusal)

    with pytest.raises(UpstreamRefused):
        await HeardRun(responses, conversation_id).begin()

    assert len(scripted_responses.received("responses.create")) == 1


async def test_a_stream_that_is_cut_is_lost_after_all_that_came_before(
    scripted_responses: ScriptedResponses, run: HeardRun
) -> None:
    scripted_responses.fail_next("responses.create", Cut(4, piece=b""))

    with pytest.raises(UpstreamLost):
        await run.begin()

    assert [event["data"]["sequence_number"] for event in run.events] == [0, 1, 2, 3]
    assert run.told()["upstream_ids"] == [scripted_responses.responses[0].id]
