"""What other processes have committed, for the logs that are open in this one.

SQLite tells a connection when another one has committed (`PRAGMA data_version`): that is asked for
so often that a follower does not notice, by a thread of its own.  It only reads, so whatever goes
wrong here is found by the next look.
"""

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import NamedTuple

from ..logs import Block
from .sqlite_blocks import State, find_state, read_blocks
from .sqlite_claims import Claims
from .sqlite_file import File
from .sqlite_log import SqliteLog

logger = logging.getLogger(__name__)

_SECONDS = 0.01
_SECONDS_AFTER_FAILURE = 1.0


class News(NamedTuple):
    """Of one log."""

    log: SqliteLog
    state: State
    blocks: Sequence[tuple[Block, str | None]]


class Watcher:
    def __init__(self, file: File, claims: Claims, logs: Mapping[str, SqliteLog]) -> None:
        self._file = file
        self._claims = claims
        # Those that are open, by thread.
        self._logs = logs
        self._thread = threading.Thread(target=self._run, name="sqlite watcher", daemon=True)
        self._is_wanted = threading.Event()
        self._is_closed = threading.Event()
        self._connection: sqlite3.Connection | None = None
        # Threads to look at, whether or not anything is told of them.
        self._opened: SimpleQueue[str] = SimpleQueue()
        self._version: int | None = None
        # The last commit that was seen; None if some may have been missed.
        self._seen: int | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def close(self) -> None:
        self._is_closed.set()
        self._is_wanted.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)

    def opened(self, thread_id: str) -> None:
        """Something may have come into its log while it was opened."""
        if thread_id in self._logs:
            self._opened.put(thread_id)
            self._is_wanted.set()

    def dropped(self) -> None:
        if not self._logs:
            self._is_wanted.clear()

    def _run(self) -> None:
        while not self._is_closed.wait(_SECONDS):
            self._is_wanted.wait()
            try:
                news = self._find()
            except sqlite3.Error as error:
                logger.warning("%s", self._file.failure(error))
                self._disconnect()
                self._is_closed.wait(_SECONDS_AFTER_FAILURE)
                continue
            if news:
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_tell, news)
        self._disconnect()

    def _find(self) -> list[News]:
        if self._connection is None:
            self._connection = self._file.connect()
        names = {self._opened.get_nowait() for _ in range(self._opened.qsize())}
        [version] = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            names |= self._changed(self._connection)
            self._version = version
        logs = [log for name in names if (log := self._logs.get(name)) is not None]
        return [self._look(self._connection, log) for log in logs]

    def _changed(self, connection: sqlite3.Connection) -> set[str]:
        """The threads that others have changed."""
        if self._seen is None:
            row = connection.execute("SELECT max(number) FROM news").fetchone()
            self._seen = row[0] or 0
            return set(self._logs)
        rows = connection.execute(
            "SELECT number, relay, threads FROM news WHERE number > ? ORDER BY number",
            (self._seen,),
        ).fetchall()
        if not rows:
            return set()
        has_missed, self._seen = rows[0][0] != self._seen + 1, rows[-1][0]
        if has_missed:
            return set(self._logs)
        own = self._claims.relay
        return {name for _, relay, names in rows if relay != own for name in json.loads(names)}

    def _look(self, connection: sqlite3.Connection, log: SqliteLog) -> News:
        connection.execute("BEGIN")
        state = find_state(connection, log.thread_id)
        blocks: Sequence[tuple[int, str | None, bytes]] = ()
        if state.number is not None and state.last > log.told:
            blocks = read_blocks(connection, state.number, log.told)
            if blocks and blocks[-1][0] < state.last:
                self._opened.put(log.thread_id)
        connection.execute("COMMIT")
        return News(log, state, [(Block(data, last), run) for last, run, data in blocks])

    def _disconnect(self) -> None:
        self._version = self._seen = None
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _tell(news: Sequence[News]) -> None:
    for log, state, blocks in news:
        log.refresh(state)
        log.arrive(blocks)
