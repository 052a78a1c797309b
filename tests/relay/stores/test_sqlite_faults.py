"""A disk that is full or fails, a file that is locked: nothing is told that was not kept, and the
store goes on once it can."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from relay.errors import StoreFailed
from relay.logs import Log
from relay.logs.sqlite import SqliteStore

from .filling import Arrivals, read_all, stamped

FRAME = b"data: " + b"x" * 10_000


@asynccontextmanager
async def opened(path: Path, max_file_bytes: int | None = None) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(
        str(path), 10_000, 100_000_000, max_file_bytes=max_file_bytes, busy_seconds=0.05
    )
    await store.start()
    try:
        yield store
    finally:
        await store.close()


async def written(store: SqliteStore) -> tuple[Log, Arrivals]:
    arrivals = Arrivals()
    await store.claim("thread_1")
    log = await store.open("thread_1", arrivals)
    await log.append([FRAME], "run_1")
    return log, arrivals


async def refused(log: Log, count: int = 10) -> set[str]:
    """Append more than there is room for; what the refusals say."""
    results = await asyncio.gather(
        *(log.append([FRAME], "run_1") for _ in range(count)), return_exceptions=True
    )
    return {str(result) for result in results if isinstance(result, StoreFailed)}


async def kept(path: Path, log: Log) -> list[tuple[int, bytes]]:
    """What another relay finds in the log."""
    async with opened(path) as store:
        return await read_all(await store.open("thread_1", Arrivals()), log.trimmed)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Whatever is written beyond that fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_file_that_may_not_grow_takes_no_more_until_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path, max_file_bytes=1_000_000) as store:
        log, arrivals = await written(store)

        said: set[str] = set()
        while not said:
            said = await refused(log, 1)
        told = stamped(arrivals.data, log.incarnation)
        kept_then = await kept(path, log)
        await log.trim(told[50][0])
        block = await log.append([b"data: again"], "run_1")

        assert said == {f"the store {path}: the disk is full"}
        assert told == kept_then
        assert 50 < len(told) < 100
        assert (await kept(path, log))[-1] == (block.last, b"data: again")
        assert block.last > told[-1][0]


async def test_a_locked_file_takes_nothing_until_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        log, arrivals = await written(store)

        with locked(path):
            said = await refused(log)
            found = await log.read(0)
        failed = log.last

        assert said == {f"the store {path}: another process keeps it locked"}
        assert (found.data, found.last) == (arrivals.data, 1)
        assert arrivals.last == 1
        assert failed == 11
        assert (await log.append([FRAME], "run_1")).last == 12
        assert [number for number, _ in await kept(path, log)] == [1, 12]


async def test_nothing_is_read_before_it_has_arrived(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        log, arrivals = await written(store)

        with locked(path):
            appending = asyncio.gather(log.append([FRAME], "run_1"), return_exceptions=True)
            await asyncio.sleep(0)
            given_out = log.last
            found = await log.read(1)
            await appending

        assert given_out == 2
        assert (found.data, found.last) == (b"", arrivals.last)


async def test_a_disk_that_fails_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        log, arrivals = await written(store)
        written_so_far = (tmp_path / "relay.db-wal").stat().st_size

        with files_limited_to(written_so_far + 50_000):
            said = await refused(log, 100)
            told = stamped(arrivals.data, log.incarnation)
        block = await log.append([b"data: again"], "run_1")

        assert said == {f"the store {path}: the disk cannot be read or written"}
        assert await kept(path, log) == [*told, (block.last, b"data: again")]


async def test_a_run_is_not_noted_where_its_frames_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        log, _ = await written(store)

        with locked(path), pytest.raises(StoreFailed):
            await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": True})

        assert await store.notes("runs").read("thread_1") == []


async def test_what_waits_beside_an_append_that_fails_is_kept_by_the_next_commit(
    tmp_path: Path,
) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        log, _ = await written(store)
        with locked(path):
            await refused(log)

        await store.notes("messages").put("thread_1", [{"id": "a"}])
        await store.check()

        assert await store.notes("messages").read("thread_1") == [{"id": "a"}]


async def test_a_store_that_cannot_write_says_so_when_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opened(path) as store:
        with locked(path), pytest.raises(StoreFailed, match="another process keeps it locked"):
            await store.check()
