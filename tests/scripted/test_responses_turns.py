"""What of a response reaches its conversation, and what stands in the way of the next one."""

from typing import Any

import pytest
from openai import APIConnectionError, AsyncOpenAI, BadRequestError

from .conversing import add, texts
from .faults import Cut
from .responses import ScriptedResponses

# A response that is held at its word.
HELD = "response.output_text.delta"


async def test_both_sides_of_a_turn_are_there_when_it_is_over(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    hold = scripted_responses.hold(HELD)
    stream = await responses_client.responses.create(
        model="echo", conversation=conversation_id, input="Hello", stream=True
    )
    await hold.reached()
    before = await texts(responses_client, conversation_id)
    hold.release()
    _ = [event async for event in stream]

    [answer, question] = await texts(responses_client, conversation_id)
    assert before == []
    assert question == "Hello"
    assert answer.startswith("You said: “Hello”.")


@pytest.mark.parametrize("model", ["failed", "error-nested", "error-flat", "cancelled"])
async def test_a_turn_that_failed_leaves_nothing(
    scripted_responses: ScriptedResponses,
    responses_client: AsyncOpenAI,
    conversation_id: str,
    model: str,
) -> None:
    response = await responses_client.responses.create(
        model=model, conversation=conversation_id, input="Hello"
    )

    assert response.status in ("failed", "cancelled")
    assert await texts(responses_client, conversation_id) == []
    assert scripted_responses.conversation(conversation_id).active is None


async def test_a_turn_that_was_cut_short_stays(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    await responses_client.responses.create(
        model="max-output-tokens", conversation=conversation_id, input="Hello"
    )

    assert len(await texts(responses_client, conversation_id)) == 2


@pytest.mark.parametrize(("background", "items"), [(False, 0), (True, 2)])
async def test_who_leaves_loses_the_turn_unless_it_is_in_the_background(
    scripted_responses: ScriptedResponses,
    responses_client: AsyncOpenAI,
    conversation_id: str,
    *,
    background: bool,
    items: int,
) -> None:
    hold = scripted_responses.hold(12)
    scripted_responses.fail_next("responses.create", Cut(12))
    stream = await responses_client.responses.create(
        model="plain-text",
        conversation=conversation_id,
        input="Hello",
        stream=True,
        background=background,
    )
    await hold.reached()
    with pytest.raises(APIConnectionError):
        _ = [event async for event in stream]
    [response] = scripted_responses.responses
    hold.release()
    await scripted_responses.finished(response.id)

    assert (await responses_client.responses.retrieve(response.id)).status == "completed"
    assert len(await texts(responses_client, conversation_id)) == items


async def test_a_conversation_is_locked_while_a_response_works_on_it(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    hold = scripted_responses.hold(HELD)
    first = await responses_client.responses.create(
        model="plain-text", conversation=conversation_id, input=[], stream=True, background=True
    )
    await hold.reached()

    with pytest.raises(BadRequestError) as refused:
        await responses_client.responses.create(
            model="plain-text", conversation=conversation_id, input=[]
        )
    with pytest.raises(BadRequestError):
        await add(responses_client, conversation_id, "Hello?")
    hold.release()
    _ = [event async for event in first]
    after = await responses_client.responses.create(
        model="plain-text", conversation=conversation_id, input=[]
    )

    assert refused.value.body == {
        "message": "Another process is currently operating on this conversation. Please retry in "
        "a few seconds.",
        "type": "invalid_request_error",
        "param": "conversation",
        "code": "conversation_locked",
    }
    assert after.status == "completed"


async def test_a_call_that_is_open_stops_the_conversation_until_it_is_answered(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    asking = await responses_client.responses.create(
        model="function-call", conversation=conversation_id, input="Umbrella?"
    )
    [call] = asking.output
    assert call.type == "function_call"
    with pytest.raises(
        BadRequestError, match=f"No tool output found for function call {call.call_id}"
    ):
        await responses_client.responses.create(
            model="plain-text", conversation=conversation_id, input="Never mind."
        )

    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "lost"}
    await responses_client.conversations.items.create(conversation_id, items=[output])
    response = await responses_client.responses.create(
        model="plain-text", conversation=conversation_id, input="Never mind."
    )

    assert response.output_text.startswith("Nobody knows")
    assert len(scripted_responses.responses) == 2


async def test_an_output_without_a_call_is_refused(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    output: Any = {"type": "function_call_output", "call_id": "call_none", "output": "lost"}

    with pytest.raises(BadRequestError, match=r"No tool call found .* with call_id call_none"):
        await responses_client.responses.create(
            model="plain-text", conversation=conversation_id, input=[output]
        )
