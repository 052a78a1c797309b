"""Relays in front of the scripted server."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest

from relay.access import Authorize
from relay.settings import Settings
from tests.scripted.assistants import ScriptedAssistants

from .gates import Gate
from .relays import Relay


class StartRelay(Protocol):
    def __call__(
        self, *, authorize: Authorize | None = None, **settings: Any
    ) -> Awaitable[Relay]: ...


@pytest.fixture
async def start_relay(scripted: ScriptedAssistants) -> AsyncIterator[StartRelay]:
    """Starts relays with the settings of a test; all are stopped at its end."""
    async with AsyncExitStack() as stack:

        async def start(*, authorize: Authorize | None = None, **settings: Any) -> Relay:
            fields = {
                "upstream": "assistants",
                "openai_base_url": scripted.url,
                "openai_api_key": scripted.key,
                "recordings": (),
                **settings,
            }
            checked = Settings.model_validate(fields)
            return await stack.enter_async_context(Relay.started(checked, authorize))

        yield start


@pytest.fixture
async def relay(start_relay: StartRelay) -> Relay:
    """A relay with the settings that it has by itself."""
    return await start_relay()


@pytest.fixture
async def gate(scripted: ScriptedAssistants) -> AsyncIterator[Gate]:
    """A door in front of the scripted server; a relay behind it has its `url`."""
    async with Gate.before(scripted.url) as gate:
        yield gate
