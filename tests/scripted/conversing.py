"""What the tests of the scripted Responses server say to a conversation, and hear of it."""

from typing import Any

from openai import AsyncOpenAI

from .responses.moves import Script

HELLO: Any = {"role": "user", "content": "Hello"}


async def texts(client: AsyncOpenAI, conversation_id: str, **query: Any) -> list[str]:
    items = client.conversations.items.list(conversation_id, **query)
    return [item.to_dict()["content"][0]["text"] async for item in items]  # type: ignore[index]


async def add(client: AsyncOpenAI, conversation_id: str, *said: str) -> None:
    items: Any = [{"role": "user", "content": text} for text in said]
    await client.conversations.items.create(conversation_id, items=items)


async def answered(
    client: AsyncOpenAI, conversation_id: str, script: Script, given: list[Any]
) -> list[Any]:
    """The events of one response."""
    stream = await client.responses.create(
        model=script.id, conversation=conversation_id, input=given, stream=True
    )
    return [event async for event in stream]
