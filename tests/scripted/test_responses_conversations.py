"""What a conversation holds, and what it refuses."""

from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from .conversing import add, texts
from .responses import ScriptedResponses


async def test_a_conversation_is_made_renamed_and_deleted(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    conversations = responses_client.conversations

    made = await conversations.retrieve(conversation_id)
    changed = await conversations.update(conversation_id, metadata={"about": "coffee"})
    deleted = await conversations.delete(conversation_id)

    assert made.metadata == {"about": "tea"}
    assert changed.metadata == {"about": "coffee"}
    assert deleted.deleted
    with pytest.raises(NotFoundError):
        await conversations.retrieve(conversation_id)


@pytest.mark.parametrize(("order", "expected"), [("asc", "abcdefg"), ("desc", "gfedcba")])
async def test_items_are_listed_page_by_page(
    responses_client: AsyncOpenAI, conversation_id: str, order: str, expected: str
) -> None:
    await add(responses_client, conversation_id, *"abcdefg")

    listed = await texts(responses_client, conversation_id, order=order, limit=3)

    assert "".join(listed) == expected


async def test_the_newest_item_comes_first_unless_asked_otherwise(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    await add(responses_client, conversation_id, "first", "second")

    assert await texts(responses_client, conversation_id) == ["second", "first"]


async def test_one_item_can_be_read_and_deleted(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    items = responses_client.conversations.items
    await add(responses_client, conversation_id, "stays", "goes")
    [newest, _] = (await items.list(conversation_id)).data
    assert newest.id

    read = await items.retrieve(newest.id, conversation_id=conversation_id)
    await items.delete(newest.id, conversation_id=conversation_id)

    assert read == newest
    assert await texts(responses_client, conversation_id) == ["stays"]


async def test_twenty_items_are_taken_at_once_and_no_more(
    responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    await add(responses_client, conversation_id, *(20 * "a"))

    with pytest.raises(BadRequestError, match="maximum length 20"):
        await add(responses_client, conversation_id, *(21 * "a"))


@pytest.mark.parametrize("query", [{"before": "msg_1"}, {"limit": 101}, {"limit": 0}])
async def test_a_list_refuses_what_it_does_not_know(
    responses_client: AsyncOpenAI, conversation_id: str, query: Any
) -> None:
    with pytest.raises(BadRequestError) as refused:
        await responses_client.conversations.items.list(conversation_id, extra_query=query)

    assert refused.value.param == next(iter(query))


async def test_a_server_of_another_make_has_no_conversations(
    scripted_responses: ScriptedResponses, responses_client: AsyncOpenAI, conversation_id: str
) -> None:
    scripted_responses.manners.has_conversations = False

    with pytest.raises(NotFoundError):
        await responses_client.conversations.create()
    with pytest.raises(NotFoundError):
        await responses_client.conversations.items.list(conversation_id)
    with pytest.raises(BadRequestError):
        await responses_client.responses.create(
            model="plain-text", conversation=conversation_id, input=[]
        )
