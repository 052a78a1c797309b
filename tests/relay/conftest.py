"""Relays in front of the scripted server."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from relay.access import Authorize
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.responses.configured import assistants_toml
from tests.scripted.server import ScriptedServer

from .gates import Gate
from .relays import Relay, settings_for
from .stores.redis_server import RedisServer


class StartRelay(Protocol):
    def __call__(
        self, *, authorize: Authorize | None = None, **settings: Any
    ) -> Awaitable[Relay]: ...


@asynccontextmanager
async def relays_before(
    upstream: str, server: ScriptedServer[Any, Any], **always: Any
) -> AsyncIterator[StartRelay]:
    """Starts relays in front of a server; all are stopped at the end."""
    async with AsyncExitStack() as stack:

        async def start(*, authorize: Authorize | None = None, **settings: Any) -> Relay:
            fields = {"recordings": (), **always, **settings}
            checked = settings_for(upstream, server, **fields)
            return await stack.enter_async_context(Relay.started(checked, authorize))

        yield start


@pytest.fixture
async def start_relay(scripted: ScriptedAssistants) -> AsyncIterator[StartRelay]:
    """Starts relays with the settings of a test."""
    async with relays_before("assistants", scripted) as start:
        yield start


@pytest.fixture
async def relay(start_relay: StartRelay) -> Relay:
    """A relay with the settings that it has by itself."""
    return await start_relay()


@pytest.fixture
def assistants(tmp_path: Path) -> Path:
    """A file in which each script of the Responses server is an assistant."""
    path = tmp_path / "assistants.toml"
    path.write_text(assistants_toml(), encoding="utf-8")
    return path


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One that the test may harm."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def gate(scripted: ScriptedAssistants) -> AsyncIterator[Gate]:
    """A door in front of the scripted server; a relay behind it has its `url`."""
    async with Gate.before(scripted.url) as gate:
        yield gate
