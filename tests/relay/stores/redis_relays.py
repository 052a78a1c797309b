"""Relays' stores over a Redis that a test may harm, and followers that hear of losses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from relay.errors import StoreFailed
from relay.logs.redis import RedisStore
from relay.logs.redis_log import RedisLog

from .filling import Arrivals
from .redis_server import RedisServer


@asynccontextmanager
async def relay_at(server: RedisServer, **options: Any) -> AsyncIterator[RedisStore]:
    limits = {"max_frames": 1_000_000, "max_bytes": 100_000_000, **options}
    store = RedisStore(server.url, **limits)
    await store.start()
    try:
        yield store
    finally:
        await store.close()


class Followed(Arrivals):
    """A log that is followed, and how often it was said to have lost something."""

    log: RedisLog

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[tuple[str, int]] = []
        self._lost = asyncio.Event()

    def lost(self) -> None:
        self.losses.append((self.log.incarnation, self.log.trimmed))
        self._lost.set()

    async def until_lost(self) -> None:
        async with asyncio.timeout(30):
            await self._lost.wait()


async def followed(store: RedisStore, thread_id: str = "thread_1") -> Followed:
    found = Followed()
    found.log = await store.open(thread_id, found, found.lost)
    return found


async def driven(store: RedisStore, thread_id: str = "thread_1") -> Followed:
    """Followed at the relay that has claimed it."""
    assert await store.claim(thread_id)
    return await followed(store, thread_id)


async def append_until_kept(log: RedisLog, frame: bytes) -> int:
    """How often it was refused first."""
    refusals = 0
    async with asyncio.timeout(30):
        while True:
            try:
                await log.append([frame], None)
            except StoreFailed:
                refusals += 1
            else:
                return refusals
