"""Relays in front of the scripted Responses server, each of whose scripts is an assistant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.relay.conftest import StartRelay, relays_before
from tests.scripted.responses import ScriptedResponses


@pytest.fixture
async def start_relay(
    scripted_responses: ScriptedResponses, assistants: Path
) -> AsyncIterator[StartRelay]:
    async with relays_before("responses", scripted_responses, assistants=assistants) as start:
        yield start
