"""After a loss of power what was told last may be gone: cursors from before are gaps."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from relay.logs.sqlite import SqliteStore

from .filling import fill, numbered, read_all, taken


def store_in(folder: Path) -> SqliteStore:
    return SqliteStore(str(folder / "relay.db"), 1_000, 1_000_000)


@contextmanager
def cut_off(source: Path, target: Path, boot: str | None) -> Iterator[None]:
    """What the disk holds while the relay is running, as it is found later, in this boot or not."""
    target.mkdir()
    for name in ("relay.db", "relay.db-wal"):
        shutil.copy(source / name, target / name)
    # SQLite tidies up when the last connection is closed.
    with closing(sqlite3.connect(target / "relay.db", isolation_level=None)) as connection:
        if boot is not None:
            connection.execute("UPDATE facts SET value = ? WHERE name = 'boot'", (boot,))
        yield


async def test_a_new_boot_is_a_new_incarnation_of_all_that_is_left(tmp_path: Path) -> None:
    running = store_in(tmp_path)
    await running.start()
    log = await taken(running)
    forged = b"data: id: %b-1" % log.incarnation.encode()
    frames = [*await fill(log, ("a", 3), ("b", 2)), forged]
    await log.append([forged], None)

    with cut_off(tmp_path, tmp_path / "later", boot="another"):
        store = store_in(tmp_path / "later")
        await store.start()
        found = await taken(store)
    again = await read_all(found, 0)
    await store.close()
    await running.close()

    assert found.incarnation != log.incarnation
    assert again == numbered(frames)
    assert found.last == 6


async def test_a_process_that_was_killed_is_no_loss_of_power(tmp_path: Path) -> None:
    running = store_in(tmp_path)
    await running.start()
    log = await taken(running)
    await fill(log, ("a", 3))

    with cut_off(tmp_path, tmp_path / "later", boot=None):
        store = store_in(tmp_path / "later")
        await store.start()
        cursor = await store.cursor("thread_1")
    await store.close()
    await running.close()

    assert (cursor.incarnation, cursor.position) == (log.incarnation, 3)


async def test_a_file_that_was_closed_keeps_its_cursors_over_a_boot(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.start()
    await fill(await taken(store), ("a", 3))
    cursor = await store.cursor("thread_1")
    await store.close()
    with closing(sqlite3.connect(tmp_path / "relay.db", isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET value = 'another' WHERE name = 'boot'")

    again = store_in(tmp_path)
    await again.start()

    assert await again.cursor("thread_1") == cursor
    await again.close()
