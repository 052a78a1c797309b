"""The servers for pytest: `pytest_plugins = ["tests.scripted.fixtures"]` in tests/conftest.py."""

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from .asking import Asking
from .assistants import ScriptedAssistants
from .responses import ScriptedResponses


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedAssistants]:
    """A started server of the Assistants API, as fast as it goes."""
    async with ScriptedAssistants() as server:
        yield server


@pytest.fixture
async def scripted_client(scripted: ScriptedAssistants) -> AsyncIterator[AsyncOpenAI]:
    """OpenAI's own client of that server, which asks once and not again."""
    async with AsyncOpenAI(
        base_url=scripted.url, api_key=scripted.key, max_retries=0, timeout=30
    ) as client:
        yield client


@pytest.fixture
async def asking(scripted: ScriptedAssistants) -> AsyncIterator[Asking]:
    """A client of that server which hides nothing."""
    async with Asking.at(scripted) as client:
        yield client


@pytest.fixture
async def scripted_responses() -> AsyncIterator[ScriptedResponses]:
    """A started server of the Responses API, as fast as it goes."""
    async with ScriptedResponses() as server:
        yield server


@pytest.fixture
async def responses_client(scripted_responses: ScriptedResponses) -> AsyncIterator[AsyncOpenAI]:
    """OpenAI's own client of that server, which asks once and not again."""
    async with AsyncOpenAI(
        base_url=scripted_responses.url,
        api_key=scripted_responses.key,
        max_retries=0,
        timeout=30,
    ) as client:
        yield client
