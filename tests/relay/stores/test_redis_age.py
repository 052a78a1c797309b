"""What Redis keeps for how long, and that positions are never used again."""

import asyncio

from relay.logs.redis import RedisStore

from .conftest import StartRedis
from .filling import fill, read_all
from .redis_relays import driven, followed, relay_at
from .redis_server import RedisServer


async def until_gone(server: RedisServer, pattern: str) -> None:
    async with asyncio.timeout(30):
        while await asyncio.to_thread(server.do, "KEYS", pattern):
            continue


async def test_frames_of_an_idle_thread_go_with_their_age_and_positions_go_on(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server, max_age_seconds=0.5) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 5))
        await until_gone(server, "*:s:*")

        late = (await followed(store)).log
        late_ends = (late.trimmed, late.last)
        cursor = await store.cursor("thread_1")
        block = await thread.log.read(2)
        appended = await thread.log.append([b"data: 6"], None)
        await thread.until(6)

    assert (*late_ends, cursor.position) == (5, 5, 5)
    assert (block.data, block.last, thread.log.trimmed) == (b"", 2, 5)
    assert appended.last == 6
    assert not thread.losses


async def test_frames_of_a_busy_thread_go_with_their_age(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server, max_age_seconds=1.0) as store:
        log = (await driven(store)).log
        async with asyncio.timeout(30):
            while not log.is_over():
                await fill(log, ("a", 1))

        await log.trim(await log.excess())
        kept = [number for number, _ in await read_all(log, log.trimmed)]

    assert log.trimmed > 0
    assert kept == [*range(log.trimmed + 1, log.last + 1)]


async def test_a_thread_that_is_forgotten_leaves_its_positions_behind(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server, max_age_seconds=0.25) as store:
        await fill((await driven(store, "thread_1")).log, ("a", 5))
        await fill((await driven(store, "thread_2")).log, ("a", 2))
        await store.release("thread_1")
        await store.release("thread_2")
        await until_forgotten(server, store)

        first = await driven(store, "thread_1")
        cursor = await store.cursor("thread_3")
        block = await first.log.append([b"data: 6"], None)

    assert not server.do("KEYS", "*:t:*:thread_2")
    assert cursor.position == 5
    assert (first.log.trimmed, block.last) == (5, 6)


async def until_forgotten(server: RedisServer, store: RedisStore) -> None:
    async with asyncio.timeout(30):
        while await store.has("thread_1") or await store.has("thread_2"):
            continue
    assert not server.do("KEYS", "*:s:*")


async def test_a_thread_that_a_living_relay_has_is_not_forgotten(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server, max_age_seconds=0.25) as store:
        await fill((await driven(store, "thread_1")).log, ("a", 5))
        await fill((await driven(store, "thread_2")).log, ("a", 2))
        await store.release("thread_2")

        async with asyncio.timeout(30):
            while await store.has("thread_2"):
                continue

        assert await store.has("thread_1")
