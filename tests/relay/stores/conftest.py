"""Every store under the same tests: a fixture `NAME_address` for each says where its data is."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from relay.logs import Store

from .addresses import Limits, store_at
from .redis_server import RedisServer

# Those that outlive the process.
DURABLE = ["sqlite", "redis"]


class OpenStore(Protocol):
    def __call__(self, **limits: Any) -> Awaitable[Store]:
        """What one relay has: a store over the data of the test, which may have several."""
        ...


@pytest.fixture
def memory_address() -> str:
    return "memory:"


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path / 'relay.db'}"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


class StartRedis(Protocol):
    def __call__(self, *options: str) -> RedisServer: ...


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """Servers that a test may harm; each ends with it."""
    with ExitStack() as stack:

        def start(*options: str) -> RedisServer:
            server = RedisServer(tmp_path, *options)
            stack.callback(server.kill)
            server.start()
            return server

        yield start


@pytest.fixture
def redis_address(redis_server: RedisServer) -> str:
    """One server for all tests, empty for each."""
    redis_server.do("FLUSHALL")
    return redis_server.url


@pytest.fixture(params=["memory", *DURABLE])
def address(request: pytest.FixtureRequest) -> str:
    """Of a test that holds for every store."""
    found: str = request.getfixturevalue(f"{request.param}_address")
    return found


@pytest.fixture(params=DURABLE)
def durable_address(request: pytest.FixtureRequest) -> str:
    """Of a test that holds for the stores that outlive the process."""
    found: str = request.getfixturevalue(f"{request.param}_address")
    return found


@pytest.fixture
async def open_store(address: str) -> AsyncIterator[OpenStore]:
    async with opening(address) as open_one:
        yield open_one


@pytest.fixture
async def open_durable(durable_address: str) -> AsyncIterator[OpenStore]:
    async with opening(durable_address) as open_one:
        yield open_one


@asynccontextmanager
async def opening(address: str) -> AsyncIterator[OpenStore]:
    """Opens stores; those that are open at the end are closed."""
    async with AsyncExitStack() as stack:

        async def open_one(**limits: Any) -> Store:
            store = store_at(address, Limits(**limits))
            await store.start()
            stack.push_async_callback(store.close)
            return store

        yield open_one
