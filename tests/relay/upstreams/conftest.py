"""The `assistants` upstream, in front of the scripted server."""

from collections.abc import AsyncIterator

import pytest

from relay.upstreams.assistants import AssistantsUpstream
from tests.scripted.assistants import ScriptedAssistants

from .asking import QUESTION, settings_for


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
