"""Three relays that hand a thread around, while Redis is harmed at moments drawn from a seed."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from relay.errors import ClaimLost, StoreFailed
from relay.logs.redis import RedisStore

from .conftest import StartRedis
from .filling import read_all, stamped
from .redis_relays import Followed, followed, relay_at
from .redis_server import RedisServer

FAULTS = ["connections", "connections", "pause", "restart", "scripts", "standstill"]


@dataclass
class Told:
    """What became of each frame, as the relays were told."""

    kept: set[tuple[int, bytes]] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)
    is_over: bool = False


async def write(store: RedisStore, thread: Followed, name: str, told: Told) -> None:
    """Take the thread, append a few frames, and let it go."""
    number = 0
    while not told.is_over:
        try:
            if not await store.claim("thread_1"):
                continue
            for _ in range(10):
                number += 1
                await append(thread, b"data: %b %d" % (name.encode(), number), told)
            await store.release("thread_1")
        except (ClaimLost, StoreFailed):
            continue


async def append(thread: Followed, frame: bytes, told: Told) -> None:
    try:
        block = await thread.log.append([frame], name_of(frame))
    except (ClaimLost, StoreFailed) as error:
        if "not known" not in str(error):
            told.refused.add(frame)
        raise
    told.kept.add((block.last, frame))


def name_of(frame: bytes) -> str:
    return frame.split()[1].decode()


async def harm(server: RedisServer, fault: str, milliseconds: int) -> None:
    if fault == "connections":
        server.do("CLIENT", "KILL", "TYPE", "normal")
    elif fault == "pause":
        server.do("CLIENT", "PAUSE", milliseconds, "ALL")
    elif fault == "restart":
        await asyncio.to_thread(server.restart)
    elif fault == "scripts":
        server.do("SCRIPT", "FLUSH")
    else:
        server.stand_still()
        await asyncio.sleep(milliseconds / 1000)
        server.go_on()


@pytest.mark.parametrize("seed", range(4))
async def test_every_relay_hears_exactly_what_is_kept_whatever_happens(
    start_redis: StartRedis, seed: int
) -> None:
    drawn = random.Random(seed)  # noqa: S311  (a test is to be repeated)
    server = start_redis("--appendonly", "yes", "--appendfsync", "always")
    async with AsyncExitStack() as stack:
        limits = {"limit_seconds": 1.0, "lease_seconds": 1.0, "quiet_seconds": 0.05}
        stores = [await stack.enter_async_context(relay_at(server, **limits)) for _ in range(3)]
        threads = [await followed(store) for store in stores]
        told = Told()
        writing = asyncio.gather(
            *(write(store, thread, f"run_{number}", told)
              for number, (store, thread) in enumerate(zip(stores, threads, strict=True)))
        )  # fmt: skip

        for fault in drawn.choices(FAULTS, k=5):
            await threads[0].until(threads[0].last + drawn.randrange(1, 100))
            await harm(server, fault, drawn.randrange(10, 1200))
        told.is_over = True
        await writing
        last = (await stores[0].cursor("thread_1")).position
        for thread in threads:
            await thread.until(last)
        kept = await read_all(threads[0].log, 0)

    frames = [frame for _, frame in kept]
    assert len({*frames}) == len(frames)
    assert told.kept <= {*kept}
    assert not told.refused & {*frames}
    for thread in threads:
        assert stamped(thread.data, thread.log.incarnation) == kept
        assert not thread.losses
