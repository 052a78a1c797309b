"""The servers for pytest: `pytest_plugins = ["tests.scripted.fixtures"]` in tests/conftest.py."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI

from .asking import Asking
from .assistants import ScriptedAssistants
from .responses import ScriptedResponses
from .server import ScriptedServer


def client_of(server: ScriptedServer[Any, Any]) -> AsyncOpenAI:
    """OpenAI's own client of a server, which asks once and not again."""
    return AsyncOpenAI(base_url=server.url, api_key=server.key, max_retries=0, timeout=30)


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedAssistants]:
    """A started server of the Assistants API, as fast as it goes."""
    async with ScriptedAssistants() as server:
        yield server


@pytest.fixture
async def scripted_client(scripted: ScriptedAssistants) -> AsyncIterator[AsyncOpenAI]:
    async with client_of(scripted) as client:
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
    async with client_of(scripted_responses) as client:
        yield client
