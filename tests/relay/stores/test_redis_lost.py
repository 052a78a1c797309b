"""A data set that was lost, flushed or put back is another one, and whoever follows is told."""

import asyncio

import pytest

from relay.errors import ClaimLost, StoreFailed

from .conftest import StartRedis
from .filling import fill, numbered, read_all, stamped
from .redis_relays import append_until_kept, driven, followed, relay_at


async def test_an_append_into_a_flushed_redis_fails_and_the_next_goes_on(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 5))
        old = await store.cursor("thread_1")
        server.do("FLUSHALL")

        with pytest.raises(StoreFailed):
            await thread.log.append([b"data: lost"], "a")
        block = await thread.log.append([b"data: kept"], "a")
        await thread.until(block.last)

    assert thread.log.incarnation != old.incarnation
    assert thread.losses == [(thread.log.incarnation, thread.log.trimmed)]
    assert old.position < thread.log.trimmed < block.last
    assert thread.blocks[-1][0] == block


async def test_a_follower_where_nothing_happens_hears_of_a_flush(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread = await driven(one)
        await fill(thread.log, ("a", 5))
        watched = await followed(other)
        old = watched.log.incarnation
        server.do("FLUSHALL")

        await watched.until_lost()

    assert watched.log.incarnation != old
    assert watched.log.trimmed == watched.log.last > 5


async def test_the_claims_of_a_relay_outlive_a_flush(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread = await driven(one)
        await fill(thread.log, ("a", 5))
        server.do("FLUSHALL")
        await append_until_kept(thread.log, b"data: 1")

        taken = await other.claim("thread_1")
        stranger = await followed(other)

        assert not taken
        with pytest.raises(ClaimLost):
            await stranger.log.append([b"data: 2"], None)


async def test_a_redis_that_keeps_nothing_is_another_one_after_a_restart(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 5))
        old = thread.log.incarnation

        server.restart()
        await thread.until_lost()
        await append_until_kept(thread.log, b"data: 1")
        frames = await read_all(thread.log, thread.log.trimmed)

    assert thread.log.incarnation != old
    assert frames[-1][1] == b"data: 1"
    assert all(number > 5 for number, _ in frames)


async def test_a_redis_that_keeps_all_is_the_same_after_a_restart(start_redis: StartRedis) -> None:
    server = start_redis("--appendonly", "yes", "--appendfsync", "always")
    async with relay_at(server) as one, relay_at(server) as other:
        thread, watched = await driven(one), await followed(other)
        frames = await fill(thread.log, ("a", 5))
        writing = asyncio.create_task(fill(thread.log, *[("b", 1)] * 50))
        await watched.until(10)

        await asyncio.to_thread(server.restart)
        frames += await writing
        await watched.until(55)
        kept = await read_all(thread.log, 0)

    assert kept == numbered(frames)
    assert stamped(watched.data, watched.log.incarnation) == kept
    assert not watched.losses
    assert not thread.losses


async def test_an_older_data_set_that_was_put_back_is_another_one(start_redis: StartRedis) -> None:
    server = start_redis()
    async with relay_at(server) as store:
        thread = await driven(store)
        await fill(thread.log, ("a", 5))
        server.do("SAVE")
        await fill(thread.log, ("a", 5))
        await thread.until(10)
        old = await store.cursor("thread_1")

        await asyncio.to_thread(server.restart)
        await thread.until_lost()
        await append_until_kept(thread.log, b"data: 1")
        notes = await read_all(thread.log, thread.log.trimmed)

    assert old.position == 10
    assert thread.log.incarnation != old.incarnation
    assert [number > 10 for number, _ in notes] == [True]


async def test_a_follower_behind_is_told_when_its_stream_was_dropped(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread = await driven(one)
        await fill(thread.log, ("a", 5))
        watched = await followed(other)
        [stream] = server.do("KEYS", "*:s:*")
        server.do("DEL", stream)

        block = await watched.log.read(2)

    assert block.data == b""
    assert (block.last, watched.log.trimmed) == (2, 5)


async def test_entries_that_went_before_they_were_read_back_are_told_as_lost(
    start_redis: StartRedis,
) -> None:
    """Nobody may read streams meanwhile."""
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        thread = await driven(one)
        watched = await followed(other)
        server.do("ACL", "SETUSER", "default", "-xread")
        server.do("CLIENT", "KILL", "TYPE", "normal")
        await fill(thread.log, *[("a", 1)] * 5)
        [stream] = server.do("KEYS", "*:s:*")
        server.do("XTRIM", stream, "MAXLEN", 2)
        server.do("ACL", "SETUSER", "default", "+xread")
        await watched.until(5)

    assert [number for number, _ in stamped(watched.data, watched.log.incarnation)] == [4, 5]
    assert watched.losses == [(watched.log.incarnation, 3)]


async def test_whoever_follows_a_thread_from_before_its_first_frame_has_lost_nothing(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    async with relay_at(server) as one, relay_at(server) as other:
        watched = await followed(other)
        start = await other.cursor("thread_1")
        await fill((await driven(one, "thread_2")).log, ("a", 30))

        thread = await driven(one)
        frames = await fill(thread.log, ("a", 2))
        await watched.until(thread.log.last)

    assert start.position == watched.log.trimmed == 0
    assert stamped(watched.data, start.incarnation) == numbered(frames)
    assert not watched.losses
