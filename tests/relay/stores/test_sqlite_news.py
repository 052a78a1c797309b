"""What a look at the SQLite file found may be told when the file says something else by then."""

import sqlite3
from contextlib import closing
from pathlib import Path

from relay.logs.sqlite_blocks import find_state
from relay.logs.sqlite_log import SqliteLog

from .conftest import opening
from .filling import fill, numbered, read_all, unheard


async def test_news_from_before_a_thread_was_taken_take_nothing_away(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    async with opening(f"sqlite:{path}") as open_one:
        store = await open_one()
        log = await store.open("thread_1", unheard)
        assert isinstance(log, SqliteLog)
        with closing(sqlite3.connect(path)) as connection:
            seen = find_state(connection, "thread_1")
        assert await store.claim("thread_1")
        frames = await fill(log, ("a", 3))

        log.refresh(seen)

        frames += await fill(log, ("a", 2))
        assert await read_all(log, 0) == numbered(frames)
