"""What a store tells of itself: whether it takes anything, and what it has taken."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relay.errors import ClaimLost, StoreFailed

from .addresses import Limits, store_at
from .conftest import OpenStore, StartRedis
from .filling import fill, taken, unheard


async def test_a_store_that_takes_what_comes_has_nothing_to_say(open_store: OpenStore) -> None:
    store = await open_store()

    assert await store.check() is None  # type: ignore[func-returns-value]


async def test_asking_leaves_nothing_in_any_thread(open_store: OpenStore) -> None:
    store = await open_store()
    log = await taken(store)
    await fill(log, ("a", 3))
    before = await store.cursor("thread_1")

    await store.check()

    assert await store.cursor("thread_1") == before
    assert not await store.has("thread_2")


async def test_a_store_counts_the_frames_that_it_has_kept(open_durable: OpenStore) -> None:
    store = await open_durable()
    await fill(await taken(store), ("a", 3), ("b", 2))
    await fill(await taken(store, "thread_2"), (None, 4))

    assert store.appends is not None
    assert store.appends.frames == 9
    assert sum(store.appends.seconds.counts) == 3
    assert store.appends.seconds.sum > 0


async def test_what_was_not_kept_is_not_counted(open_durable: OpenStore) -> None:
    store, other = await open_durable(), await open_durable()
    log = await store.open("thread_1", unheard)
    await fill(await taken(other), ("a", 3))

    with pytest.raises(ClaimLost):
        await log.append([b"data: 1"], None)

    assert store.appends is not None
    assert store.appends.frames == 0


async def test_a_locked_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = store_at(f"sqlite:{path}", Limits())
    await store.start()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreFailed, match=r"^.*locked.*$"):
            await store.check()

        other.execute("ROLLBACK")
    await store.check()
    await store.close()


async def test_a_redis_without_room_is_told_in_one_line_without_its_address(
    start_redis: StartRedis,
) -> None:
    server = start_redis()
    store = store_at(server.url, Limits())
    await store.start()
    server.do("CONFIG", "SET", "maxmemory", "1")

    with pytest.raises(StoreFailed) as told:
        await store.check()

    server.do("CONFIG", "SET", "maxmemory", "0")
    await store.check()
    await store.close()
    assert "\n" not in str(told.value)
    assert server.url not in str(told.value)
