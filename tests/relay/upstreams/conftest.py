"""The upstreams that ask a server, in front of the scripted ones."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from relay.logs.memory_notes import MemoryNotes
from relay.upstreams.assistants import AssistantsUpstream
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION, settings_for
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.responses import ScriptedResponses

from .responding import HeardRun


@pytest.fixture
async def upstream(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    upstream = AssistantsUpstream(settings_for("assistants", scripted))
    yield upstream
    await upstream.close()


@pytest.fixture
async def hasty(scripted: ScriptedAssistants) -> AsyncIterator[AssistantsUpstream]:
    """One that waits for no answer and through no silence."""
    changes = {"request_timeout": 0.2, "stall_timeout": 0.2}
    upstream = AssistantsUpstream(settings_for("assistants", scripted, **changes))
    yield upstream
    await upstream.close()


@pytest.fixture
async def thread_id(upstream: AssistantsUpstream) -> str:
    thread = await upstream.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


class OpenResponses(Protocol):
    def __call__(self, notes: MemoryNotes | None = None, **settings: Any) -> ResponsesUpstream: ...


@pytest.fixture
async def open_responses(scripted_responses: ScriptedResponses) -> AsyncIterator[OpenResponses]:
    """Opens upstreams with the settings of a test; all are closed at its end."""
    async with AsyncExitStack() as stack:

        def open_one(notes: MemoryNotes | None = None, **settings: Any) -> ResponsesUpstream:
            checked = settings_for("responses", scripted_responses, **settings)
            upstream = ResponsesUpstream(checked, notes or MemoryNotes())
            stack.push_async_callback(upstream.close)
            return upstream

        yield open_one


@pytest.fixture
def responses(open_responses: OpenResponses, assistants: Path) -> ResponsesUpstream:
    return open_responses(assistants=assistants)


@pytest.fixture
async def conversation_id(responses: ResponsesUpstream) -> str:
    thread = await responses.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


@pytest.fixture
def script() -> str:
    """Which one a run is of, where a test is not of several."""
    return "plain-text"


@pytest.fixture
def run(responses: ResponsesUpstream, conversation_id: str, script: str) -> HeardRun:
    return HeardRun(responses, conversation_id, script)


@pytest.fixture
def local(
    scripted_responses: ScriptedResponses, open_responses: OpenResponses, assistants: Path
) -> ResponsesUpstream:
    """In front of a server that knows neither conversations nor background."""
    scripted_responses.manners.has_conversations = False
    scripted_responses.manners.has_background = False
    return open_responses(assistants=assistants, conversations="local")


@pytest.fixture
async def local_id(local: ResponsesUpstream) -> str:
    thread = await local.create_thread({"messages": [QUESTION]})
    return str(thread["id"])


@pytest.fixture
def foreground(open_responses: OpenResponses, assistants: Path) -> ResponsesUpstream:
    return open_responses(assistants=assistants, background=False)
