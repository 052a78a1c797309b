"""Processes that are killed as they write: all that any follower was told is there afterwards."""

import asyncio
import random
from asyncio.subprocess import Process

import pytest

from .conftest import OpenStore
from .filling import Arrivals, read_all, stamped
from .processes import go, holding, kill

SECONDS = 0.5


async def told(process: Process, size: int) -> bytes:
    """What it had told when it was killed, at the latest after so many bytes."""
    assert process.stdout
    go(process)
    data = await process.stdout.readexactly(size)
    data += await kill(process)
    # The last of it may have been cut off on its way to us.
    return data[: data.rfind(b"\n\n") + 2]


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_told_is_there_whenever_the_process_was_killed(
    open_durable: OpenStore, durable_address: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  (repeats what it did)
    store = await open_durable(lease_seconds=SECONDS)
    log = await store.open("thread_1", Arrivals())
    found: list[tuple[int, bytes]] = []

    for _ in range(3):
        async with holding(durable_address, "thread_1", SECONDS, chance.randint(1, 30)) as process:
            data = await told(process, chance.randint(1, 60_000))
        async with asyncio.timeout(30):
            while not await store.claim("thread_1"):
                continue
        heard = stamped(data, log.incarnation)
        before, found = len(found), await read_all(log, 0)
        await store.release("thread_1")

        assert heard
        assert found[before : before + len(heard)] == heard
        assert [number for number, _ in found] == [*range(1, len(found) + 1)]


async def test_two_processes_write_and_follow_each_other(
    open_durable: OpenStore, durable_address: str
) -> None:
    store = await open_durable(lease_seconds=SECONDS)
    assert await store.claim("thread_2")
    own, others = Arrivals(), Arrivals()
    log = await store.open("thread_2", own)
    followed = await store.open("thread_1", others)

    async with holding(durable_address, "thread_1", SECONDS, 5) as process:
        go(process)
        for number in range(300):
            await log.append([b"data: %d" % number], None)
        await others.until(300)
        data = await kill(process)
    heard = stamped(data[: data.rfind(b"\n\n") + 2], log.incarnation)
    await others.until(heard[-1][0])

    arrived = stamped(others.data, log.incarnation)
    assert arrived[: len(heard)] == heard
    assert arrived == (await read_all(followed, 0))[: len(arrived)]
    assert [frame for _, frame in await read_all(log, 0)] == [b"data: %d" % n for n in range(300)]
