"""Conversations at the scripted Responses server."""

import pytest
from openai import AsyncOpenAI

from .conversing import HELLO


@pytest.fixture
async def conversation_id(responses_client: AsyncOpenAI) -> str:
    return (await responses_client.conversations.create(metadata={"about": "tea"})).id


@pytest.fixture
async def greeted_id(responses_client: AsyncOpenAI) -> str:
    """One in which somebody has said hello."""
    return (await responses_client.conversations.create(items=[HELLO])).id
