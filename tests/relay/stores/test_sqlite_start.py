"""A SQLite store that cannot be opened says so in one line."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relay.errors import StoreFailed
from relay.logs.sqlite import SqliteStore

from .filling import fill, taken


def refusal(path: Path) -> SqliteStore:
    return SqliteStore(str(path), 1_000, 1_000_000, busy_seconds=0.05)


async def why(path: Path) -> str:
    with pytest.raises(StoreFailed) as caught:
        await refusal(path).start()
    message = str(caught.value)
    assert message.startswith(f"the store {path}: ")
    assert "\n" not in message
    return message.removeprefix(f"the store {path}: ")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


async def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    said = await why(tmp_path / "missing" / "relay.db")

    assert said == f"there is no folder {tmp_path / 'missing'}"
    assert not (tmp_path / "missing").exists()


async def test_a_path_that_is_a_folder(tmp_path: Path) -> None:
    assert await why(tmp_path) == "it cannot be opened"


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    path.write_bytes(b"Dear diary, " * 1_000)

    assert await why(path) == "it is no SQLite database"
    assert path.read_bytes() == b"Dear diary, " * 1_000


async def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    run(path, "CREATE TABLE diary (day, words)")
    before = path.read_bytes()

    assert await why(path) == "it is another program's database"
    assert path.read_bytes() == before


async def test_a_file_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = refusal(path)
    await store.start()
    await store.close()
    run(path, "PRAGMA user_version = 1000")

    assert await why(path) == "a newer version of the relay has written it"


async def test_a_file_that_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = refusal(path)
    await store.start()
    await store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")

        assert await why(path) == "another process keeps it locked"


async def test_stores_that_start_side_by_side_make_one_file(tmp_path: Path) -> None:
    stores = [SqliteStore(str(tmp_path / "relay.db"), 1_000, 1_000_000) for _ in range(6)]

    await asyncio.gather(*(store.start() for store in stores))
    cursors = {await store.cursor("thread_1") for store in stores}
    await asyncio.gather(*(store.close() for store in stores))

    assert len(cursors) == 1


async def test_what_is_under_way_when_it_is_closed_is_kept(tmp_path: Path) -> None:
    store, again = [SqliteStore(str(tmp_path / "relay.db"), 1_000, 1_000_000) for _ in range(2)]
    await store.start()
    appending = asyncio.gather(*[fill(await taken(store), ("a", 1))])

    await asyncio.sleep(0)
    await store.close()
    await appending

    await again.start()
    assert (await again.cursor("thread_1")).position == 1
    await again.close()


async def test_a_store_that_could_not_be_opened_can_be_closed(tmp_path: Path) -> None:
    store = refusal(tmp_path / "missing" / "relay.db")
    with pytest.raises(StoreFailed):
        await store.start()

    await store.close()


async def test_a_store_that_is_closed_says_so(tmp_path: Path) -> None:
    store = refusal(tmp_path / "relay.db")
    await store.start()
    await store.close()

    with pytest.raises(StoreFailed, match="it is closed"):
        await store.claim("thread_1")
    with pytest.raises(StoreFailed, match="it is closed"):
        await store.cursor("thread_1")


async def test_nothing_is_left_behind_but_the_file(tmp_path: Path) -> None:
    store = refusal(tmp_path / "relay.db")
    await store.start()
    await store.claim("thread_1")

    await store.close()

    assert names(tmp_path) == {"relay.db"}
