"""A Redis in trouble: nothing is told that was not kept, and all goes on once it is over."""

import asyncio

import pytest

from relay.errors import StoreFailed
from relay.logs import Log

from .conftest import StartRedis
from .filling import fill, numbered, read_all, stamped
from .redis_relays import append_until_kept, driven, followed, relay_at


async def test_a_redis_that_is_paused_is_waited_for(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread, watched = await driven(one), await followed(other)
        server.do("CLIENT", "PAUSE", 5000, "ALL")

        frames = await fill(thread.log, *[("a", 1)] * 20)
        await watched.until(20)

    assert stamped(watched.data, watched.log.incarnation) == numbered(frames)
    assert not watched.losses


async def test_appends_fail_while_redis_is_away_and_are_kept_again_when_it_is_back(
    start_redis: StartRedis,
) -> None:
    server = start_redis("--appendonly", "yes")
    async with relay_at(server, limit_seconds=0.3) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 3))
        server.kill()

        with pytest.raises(StoreFailed, match=r"^redis failed: .*connect"):
            await thread.log.append([b"data: refused"], "a")
        server.start()
        await append_until_kept(thread.log, b"data: kept")
        await thread.until(thread.log.last)
        kept = await read_all(thread.log, 0)

    assert kept[3:] == [(thread.log.last, b"data: kept")]
    assert stamped(thread.data, thread.log.incarnation) == kept
    assert not thread.losses


async def test_what_was_refused_in_a_standstill_is_not_kept_afterwards(
    start_redis: StartRedis,
) -> None:
    """It lies in the server's socket meanwhile, and is carried out later: too late."""
    server = start_redis()
    async with relay_at(server, limit_seconds=0.3) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 3))
        server.stand_still()
        with pytest.raises(StoreFailed, match="not known"):
            await thread.log.append([b"data: refused"], "a")

        server.go_on()
        await append_until_kept(thread.log, b"data: kept")
        frames = [frame for _, frame in await read_all(thread.log, 3)]

    assert frames == [b"data: kept"]


async def test_every_append_is_kept_once_however_often_the_connections_break(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread, watched = await driven(one), await followed(other)
        writing = asyncio.gather(*(fill(thread.log, *[("a", 1)] * 40) for _ in range(5)))

        for position in range(10, 200, 10):
            await watched.until(position)
            server.do("CLIENT", "KILL", "TYPE", "normal")
        frames = sorted(frame for part in await writing for frame in part)
        for one_of_two in (thread, watched):
            await one_of_two.until(200)
        kept = await read_all(thread.log, 0)

    assert [number for number, _ in kept] == [*range(1, 201)]
    assert sorted(frame for _, frame in kept) == frames
    assert stamped(watched.data, watched.log.incarnation) == kept
    assert thread.data == watched.data
    assert not watched.losses
    assert not thread.losses


async def test_scripts_that_were_flushed_come_back(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server) as store:
        thread = await driven(store)
        server.do("SCRIPT", "FLUSH")

        frames = await fill(thread.log, ("a", 2), ("b", 1))

        assert await read_all(thread.log, 0) == numbered(frames)


async def test_a_redis_without_memory_refuses_and_recovers(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server, max_frames=5) as store:
        thread = await driven(store)
        frames = await fill(thread.log, *[("a", 1)] * 8)
        await thread.until(8)
        server.do("CONFIG", "SET", "maxmemory", 1)

        with pytest.raises(StoreFailed, match="memory"):
            await thread.log.append([b"data: refused"], "a", {"id": "run_1", "is_over": False})
        await trim(thread.log)
        kept = await read_all(thread.log, thread.log.trimmed)
        opened = await store.open("thread_1", thread)
        noted = await store.notes("runs").read("thread_1")
        server.do("CONFIG", "SET", "maxmemory", 0)
        block = await thread.log.append([b"data: kept"], "a")
        await thread.until(block.last)

    assert thread.log.trimmed > 0
    assert kept == numbered(frames)[thread.log.trimmed :]
    assert opened.trimmed == thread.log.trimmed
    assert noted == []
    assert thread.blocks[-1][0] == block


async def test_a_claim_outlives_a_lease_that_ended_while_redis_stood_still(
    start_redis: StartRedis,
) -> None:
    server = start_redis("--appendonly", "yes")
    async with relay_at(server, lease_seconds=0.4) as store:
        thread = await driven(store)
        server.kill()
        server.start()
        [lease] = server.do("KEYS", "*:lease:*") or [b"-"]
        server.do("DEL", lease)

        await append_until_kept(thread.log, b"data: 1")

        assert await store.claim("thread_1")


async def test_logs_that_become_quiet_and_busy_again_miss_nothing(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with (
        relay_at(server, quiet_seconds=0.01) as one,
        relay_at(server, quiet_seconds=0.01) as other,
    ):
        written = [await driven(one, f"thread_{number}") for number in range(8)]
        watched = [await followed(other, f"thread_{number}") for number in range(8)]

        for turn in range(1, 41):
            for number in range(turn % 7, 8, 1 + turn % 3):
                await fill(written[number].log, ("a", 1))
            await watched[7].until(written[7].log.last)
        for thread, follower in zip(written, watched, strict=True):
            await follower.until(thread.log.last)

        for thread, follower in zip(written, watched, strict=True):
            kept = await read_all(thread.log, 0)
            assert stamped(follower.data, follower.log.incarnation) == kept
            assert len(kept) == thread.log.last >= 5
            assert not follower.losses


async def trim(log: Log) -> None:
    await log.trim(await log.excess())
