"""The upstreams that ask a server, in front of the scripted ones."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay.logs.memory_notes import MemoryNotes
from relay.upstreams.assistants import AssistantsUpstream
from relay.upstreams.responses import ResponsesUpstream
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.configured import assistants_toml

from .asking import QUESTION, settings_for
from .responding import settings_for as settings_for_responses


@pytest.fixture
async def upstream(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    upstream = AssistantsUpstream(settings_for(scripted))
    yield upstream
    await upstream.close()


@pytest.fixture
async def hasty(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    """One that waits for no answer and through no silence."""
    changes = {"request_timeout": 0.2, "stall_timeout": 0.2}
    upstream = AssistantsUpstream(settings_for(scripted, **changes))
    yield upstream
    await upstream.close()


@pytest.fixture
async def thread_id(upstream: AssistantsUpstream) -> str:
    thread = await upstream.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


@pytest.fixture
def assistants(tmp_path: Path) -> Path:
    """A file in which each script of the server is an assistant."""
    path = tmp_path / "assistants.toml"
    path.write_text(assistants_toml(), encoding="utf-8")
    return path


@pytest.fixture
async def responses(
    scripted_responses: ScriptedResponses, assistants: Path
) -> AsyncIterator[ResponsesUpstream]:
    settings = settings_for_responses(scripted_responses, assistants=assistants)
    upstream = ResponsesUpstream(settings, MemoryNotes())
    yield upstream
    await upstream.close()


@pytest.fixture
async def conversation_id(responses: ResponsesUpstream) -> str:
    thread = await responses.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


@pytest.fixture
async def local(
    scripted_responses: ScriptedResponses, assistants: Path
) -> AsyncIterator[ResponsesUpstream]:
    """In front of a server that knows neither conversations nor background."""
    scripted_responses.manners.has_conversations = False
    scripted_responses.manners.has_background = False
    settings = settings_for_responses(
        scripted_responses, assistants=assistants, conversations="local"
    )
    upstream = ResponsesUpstream(settings, MemoryNotes())
    yield upstream
    await upstream.close()


@pytest.fixture
async def local_id(local: ResponsesUpstream) -> str:
    thread = await local.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


@pytest.fixture
async def foreground(
    scripted_responses: ScriptedResponses, assistants: Path
) -> AsyncIterator[ResponsesUpstream]:
    settings = settings_for_responses(scripted_responses, assistants=assistants, background=False)
    upstream = ResponsesUpstream(settings, MemoryNotes())
    yield upstream
    await upstream.close()
