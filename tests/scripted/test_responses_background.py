"""A response in the background is streamed again, cancelled, and outlives whoever asked for it."""

from typing import Any

import pytest
from openai import APIConnectionError, AsyncOpenAI, AsyncStream, BadRequestError, NotFoundError
from openai.types.responses import Response, ResponseStreamEvent

from .faults import Cut
from .responses import ScriptedResponses
from .responses.accent import Accent


async def started(client: AsyncOpenAI, **more: Any) -> AsyncStream[ResponseStreamEvent]:
    stream: AsyncStream[ResponseStreamEvent] = await client.responses.create(
        model="plain-text", input="Hello", stream=True, background=True, **more
    )
    return stream


async def numbers(stream: AsyncStream[Any]) -> list[int]:
    return [event.sequence_number async for event in stream]


@pytest.mark.parametrize("after", [0, 1, 40])
async def test_a_stream_goes_on_behind_the_event_that_is_named(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, after: int
) -> None:
    first = await numbers(await started(responses_client))
    [response] = scripted_responses.responses

    again = await numbers(
        await responses_client.responses.retrieve(response.id, stream=True, starting_after=after)
    )

    assert again == first[after + 1 :]


async def test_a_stream_that_was_cut_is_followed_to_its_end(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    hold = scripted_responses.hold(20)
    scripted_responses.fail_next("responses.create", Cut(12))
    stream = await started(responses_client)
    with pytest.raises(APIConnectionError):
        await numbers(stream)
    await hold.reached()
    [response] = scripted_responses.responses

    again = await responses_client.responses.retrieve(response.id, stream=True, starting_after=11)
    hold.release()
    seen = await numbers(again)

    assert seen == [*range(12, len(response.events))]


async def test_a_stream_from_the_start_is_the_same_stream(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    first = [event.to_dict() async for event in await started(responses_client)]
    [response] = scripted_responses.responses

    stream = await responses_client.responses.retrieve(response.id, stream=True)

    assert [event.to_dict() async for event in stream] == first


async def test_an_old_response_cannot_be_streamed_but_asked_for(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    await numbers(await started(responses_client))
    [response] = scripted_responses.responses
    scripted_responses.manners.streamable_seconds = 0

    with pytest.raises(BadRequestError, match="more than 5 minutes old"):
        await responses_client.responses.retrieve(response.id, stream=True, starting_after=3)

    assert (await responses_client.responses.retrieve(response.id)).status == "completed"


async def test_what_was_not_streamed_from_the_start_cannot_be_streamed(
    responses_client: AsyncOpenAI,
) -> None:
    response = await responses_client.responses.create(
        model="plain-text", input="Hello", background=True
    )

    with pytest.raises(BadRequestError):
        await responses_client.responses.retrieve(response.id, stream=True)

    assert response.status == "queued"


async def test_a_foreground_response_is_unknown_until_it_has_ended(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    hold = scripted_responses.hold(5)
    stream = await responses_client.responses.create(model="plain-text", input="Hi", stream=True)
    await hold.reached()
    [response] = scripted_responses.responses

    with pytest.raises(NotFoundError):
        await responses_client.responses.retrieve(response.id)
    hold.release()
    await numbers(stream)

    assert (await responses_client.responses.retrieve(response.id)).status == "completed"


async def cancelled(server: ScriptedResponses, client: AsyncOpenAI) -> Response:
    """Cancel the one response there is, once it is held."""
    [response] = server.responses
    return await client.responses.cancel(response.id)


async def test_cancelling_clears_the_output_and_the_turn(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    hold = scripted_responses.hold(30)
    stream = await started(responses_client, conversation=conversation_id)
    await hold.reached()

    first = await cancelled(scripted_responses, responses_client)
    second = await cancelled(scripted_responses, responses_client)
    seen = await numbers(stream)

    items = await responses_client.conversations.items.list(conversation_id)
    assert (first.status, first.output) == ("cancelled", [])
    assert second == first
    assert seen == [*range(30)]
    assert items.data == []
    assert scripted_responses.conversation(conversation_id).active is None


async def test_a_server_may_tell_the_stream_that_it_was_cancelled(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    scripted_responses.manners.accent = Accent(tells_of_cancel="response.cancelled")
    hold = scripted_responses.hold(30)
    stream = await started(responses_client)
    await hold.reached()

    await cancelled(scripted_responses, responses_client)

    seen = [event.type async for event in stream]
    assert str(seen[-1]) == "response.cancelled"


async def test_a_response_that_has_ended_is_not_cancelled(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    await numbers(await started(responses_client))

    with pytest.raises(BadRequestError, match="Cannot cancel a completed response"):
        await cancelled(scripted_responses, responses_client)


async def test_a_foreground_response_is_not_cancelled(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    await responses_client.responses.create(model="plain-text", input="Hello")

    with pytest.raises(BadRequestError, match="synchronous"):
        await cancelled(scripted_responses, responses_client)


async def test_a_server_may_promise_to_cancel_and_not_do_it(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    scripted_responses.manners.honours_cancel = False
    hold = scripted_responses.hold(5)
    stream = await started(responses_client)
    await hold.reached()

    answer = await cancelled(scripted_responses, responses_client)
    hold.release()
    await numbers(stream)

    assert answer.status == "in_progress"
    assert scripted_responses.responses[0].status == "completed"


async def test_a_sign_of_life_takes_a_number(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    hold = scripted_responses.hold(7)
    stream = await started(responses_client)
    await hold.reached()

    scripted_responses.keep_alive(scripted_responses.responses[0].id)
    hold.release()
    seen = [event.to_dict() async for event in stream]

    assert seen[7] == {"type": "keepalive", "sequence_number": 7}
    assert [event["sequence_number"] for event in seen] == [*range(len(seen))]
