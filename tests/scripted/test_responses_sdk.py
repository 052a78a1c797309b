"""OpenAI's own SDK works with the scripted Responses server, call by call."""

import pytest
from openai import AsyncOpenAI, AuthenticationError, NotFoundError
from openai.types.conversations import ConversationItem
from pydantic import BaseModel, TypeAdapter

from .conversing import HELLO, answered
from .responses import ScriptedResponses
from .responses.files import CONTAINER, FIELD_GUIDE, HONEY_TABLE
from .responses.moves import Script
from .responses.scripts import SCRIPTS
from .sdk_types import is_known

ITEM: TypeAdapter[BaseModel] = TypeAdapter(ConversationItem)
# What the wire has and the types have not.
NOT_IN_TYPES = {"custom_tool_call": {"status"}, "message": {"phase"}}


def name(script: Script) -> str:
    return script.id


# What the SDK's own reader of events takes in: known items, and no error.
READABLE = [
    script
    for script in SCRIPTS.values()
    if script.id not in {"error-nested", "error-flat", "cancelled", "unknown-things", "failed",
                         "rate-limited", "no-numbers", "several-responses", "another-make"}
]  # fmt: skip


@pytest.mark.parametrize("script", READABLE, ids=name)
async def test_a_response_ends_in_the_items_that_the_conversation_has(
    scripted_responses: ScriptedResponses,
    responses_client: AsyncOpenAI,
    greeted_id: str,
    script: Script,
) -> None:
    events = await answered(responses_client, greeted_id, script, [])

    [response] = scripted_responses.responses
    items = responses_client.conversations.items.list(greeted_id, order="asc")
    listed = [item.id async for item in items]
    assert events[-1].response.status == response.status
    assert listed[1:] == [item["id"] for item in response.output]
    assert listed[1:] == [slot.item["id"] for slot in response.slots]


@pytest.mark.parametrize("script", READABLE, ids=name)
async def test_the_sdk_knows_every_item_of_a_conversation(
    scripted_responses: ScriptedResponses,
    responses_client: AsyncOpenAI,
    greeted_id: str,
    script: Script,
) -> None:
    await answered(responses_client, greeted_id, script, [])

    items = scripted_responses.conversation(greeted_id).items
    assert items
    assert [item for item in items if not is_known(ITEM, item, NOT_IN_TYPES)] == []


async def test_what_the_sdk_adds_up_is_what_the_server_holds(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI
) -> None:
    async with responses_client.responses.stream(model="several-messages", input="Hello") as stream:
        response = await stream.get_final_response()

    [held] = scripted_responses.responses
    messages = [item for item in held.output if item["type"] == "message"]
    assert response.output_text == "".join(item["content"][0]["text"] for item in messages)
    assert response.status == "completed"


async def test_a_model_that_is_no_script_says_what_was_said(
    responses_client: AsyncOpenAI, greeted_id: str
) -> None:
    response = await responses_client.responses.create(
        model="gpt-9", conversation={"id": greeted_id}, input="Is anybody there?"
    )

    assert "Is anybody there?" in response.output_text
    assert response.conversation
    assert response.conversation.id == greeted_id


async def test_a_response_repeats_what_it_was_asked_with(responses_client: AsyncOpenAI) -> None:
    response = await responses_client.responses.create(
        model="plain-text",
        input="Hello",
        instructions="Be brief.",
        temperature=0.5,
        metadata={"cat": "grey"},
        reasoning={"effort": "low"},
        tools=[{"type": "web_search"}],
    )

    told = response.to_dict()
    assert (told["instructions"], told["temperature"]) == ("Be brief.", 0.5)
    assert (told["metadata"], told["tools"]) == ({"cat": "grey"}, [{"type": "web_search"}])


@pytest.mark.parametrize("pads", [True, False])
async def test_deltas_are_padded_unless_that_is_not_wanted(
    responses_client: AsyncOpenAI, *, pads: bool
) -> None:
    stream = await responses_client.responses.create(
        model="plain-text",
        input="Hello",
        stream=True,
        stream_options={"include_obfuscation": pads},
    )

    deltas = [event.to_dict() async for event in stream if event.type.endswith(".delta")]

    assert deltas
    assert all(("obfuscation" in delta) is pads for delta in deltas)


async def test_what_was_given_to_a_response_can_be_listed(
    responses_client: AsyncOpenAI,
) -> None:
    response = await responses_client.responses.create(model="plain-text", input=[HELLO, HELLO])

    items = [item async for item in responses_client.responses.input_items.list(response.id)]

    assert [item.type for item in items] == ["message", "message"]


async def test_files_are_there_that_answers_name(responses_client: AsyncOpenAI) -> None:
    upload = await responses_client.files.content(FIELD_GUIDE.id)
    made = await responses_client.containers.files.content.retrieve(
        HONEY_TABLE.id, container_id=CONTAINER
    )

    assert upload.content == FIELD_GUIDE.content
    assert made.content == HONEY_TABLE.content
    with pytest.raises(NotFoundError):
        await responses_client.files.content(HONEY_TABLE.id)


async def test_models_are_the_scripts(responses_client: AsyncOpenAI) -> None:
    models = [model.id async for model in responses_client.models.list()]

    assert models == [*SCRIPTS]


async def test_a_wrong_key_is_refused(scripted_responses: ScriptedResponses) -> None:
    async with AsyncOpenAI(base_url=scripted_responses.url, api_key="sk-wrong") as client:
        with pytest.raises(AuthenticationError):
            await client.conversations.create()


async def test_a_request_can_be_read_as_it_came(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, greeted_id: str
) -> None:
    await responses_client.responses.create(model="plain-text", conversation=greeted_id, input=[])

    [received] = scripted_responses.received("responses.create")
    assert received.body == {
        "model": "plain-text",
        "conversation": greeted_id,
        "input": [],
    }
