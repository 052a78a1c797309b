"""Reads in threads of their own, so that the event loop never waits for the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from ..errors import StoreFailed
from .joint import Joint
from .sqlite_file import File

T = TypeVar("T")

# So that a long read holds up no short one.
_THREADS = 2


class Reader:
    def __init__(self, file: File) -> None:
        self._file = file
        # What is asked of logs, by many at a time.
        self.joint = Joint()
        self._threads = ThreadPoolExecutor(_THREADS, "sqlite reader")
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._is_open = True

    async def do(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """All that one call reads is of one moment.  Raises StoreFailed."""
        if not self._is_open:
            raise StoreFailed(f"the store {self._file.path}: it is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, read)

    async def close(self) -> None:
        self._is_open = False
        await asyncio.to_thread(self._threads.shutdown)
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        with self._file.naming_failures():
            connection = self._connection()
            try:
                connection.execute("BEGIN")
                found = read(connection)
                connection.execute("COMMIT")
            except BaseException:
                # The next one opens the file anew.
                with suppress(sqlite3.Error):
                    connection.close()
                raise
        self._idle.put(connection)
        return found

    def _connection(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._file.connect()
