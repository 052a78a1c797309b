"""Relays as processes of their own, which are killed and come back."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.relay.stores.conftest import DURABLE, redis_address, redis_server, sqlite_address

from .forking import Forks
from .killing import Killed

# Fixtures of theirs that are needed here too.
__all__ = ["redis_address", "redis_server", "sqlite_address"]


class StartKilled(Protocol):
    def __call__(self, **settings: str) -> Awaitable[Killed]: ...


@pytest.fixture(params=DURABLE)
def store(request: pytest.FixtureRequest) -> str:
    """The address of each store that outlives the process."""
    found: str = request.getfixturevalue(f"{request.param}_address")
    return found


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with Forks() as found:
        yield found


@pytest.fixture
async def start_killed(forks: Forks, store: str, tmp_path: Path) -> AsyncIterator[StartKilled]:
    """Starts relays on one store; all are killed at the end."""
    always = {
        "RELAY_STORE": store,
        "RELAY_CLAIM_SECONDS": "1",
        # A folder that holds none: there are many starts, and none needs them.
        "RELAY_RECORDINGS": str(tmp_path),
    }
    async with AsyncExitStack() as stack:

        async def start(**settings: str) -> Killed:
            told = {**always, **settings}
            return await stack.enter_async_context(Killed.started(forks, tmp_path, told))

        yield start
