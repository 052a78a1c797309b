"""The one thread of a process that writes into the SQLite file.

What is asked for while a commit is under way goes into the next one, all of it: so a lone token
waits for nobody, and under load many share the cost of a commit.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeAlias, TypeVar

from ..errors import RelayError, StoreFailed
from ..measures import Appends
from .sqlite_append import Append, insert
from .sqlite_claims import Claims
from .sqlite_file import File
from .sqlite_transaction import Transaction

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """Anything else that is done within a commit.  It may raise only before it has written."""

    do: Callable[[Transaction], T]
    future: asyncio.Future[T]

    def settle(self, outcome: Any) -> None:
        settle(self.future, outcome)


Item: TypeAlias = Append | Job[Any]


class Writer:
    def __init__(self, file: File, claims: Claims) -> None:
        self._file = file
        self._claims = claims
        self._connection: sqlite3.Connection | None = None
        # None is the last thing that it is given.
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite writer", daemon=True)
        self._is_open = False
        self.appends = Appends()
        # Grows with each commit.
        self.commits = 0

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        self._thread.start()

    async def close(self) -> None:
        """Once all that it has been given is done."""
        if self._is_open:
            self._is_open = False
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def put(self, item: Item) -> None:
        if not self._is_open:
            raise StoreFailed(f"the store {self._file.path}: it is closed")
        self._queue.put(item)

    async def do(self, do: Callable[[Transaction], T]) -> T:
        """Raises StoreFailed if the commit that it was in has failed."""
        job: Job[T] = Job(do, asyncio.get_running_loop().create_future())
        self.put(job)
        return await job.future

    def _run(self) -> None:
        while batch := self._next():
            outcomes = self._commit(batch)
            # The event loop may be gone before its store is closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_settle_all, batch, outcomes)
        self._disconnect()

    def _next(self) -> list[Item]:
        """All that waits, once anything does; nothing at the end."""
        batch = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            try:
                item = self._queue.get_nowait()
            except Empty:
                return batch
        if batch:
            # The end has been seen too early: it comes once more.
            self._queue.put(None)
        return batch

    def _commit(self, batch: Sequence[Item]) -> Sequence[Any]:
        """For each what it gives, or the exception that it raises."""
        try:
            outcomes = self._do_all(batch)
        except sqlite3.Error as error:
            self._undo(error)
            return [self._file.failure(error) for _ in batch]
        except Exception as error:
            logger.exception("the store %s: a commit has failed", self._file.path)
            self._undo(error)
            return [StoreFailed(f"the store {self._file.path} failed") for _ in batch]
        self.commits += 1
        return outcomes

    def _do_all(self, batch: Sequence[Item]) -> list[Any]:
        if self._connection is None:
            self._connection = self._file.connect()
        with Transaction(self._connection, self._claims) as transaction:
            outcomes: list[Any] = []
            appends: list[Append] = []
            for item in batch:
                if isinstance(item, Append):
                    appends.append(item)
                    continue
                outcomes += insert(transaction, appends)
                appends = []
                outcomes.append(_outcome(transaction, item))
            outcomes += insert(transaction, appends)
        return outcomes

    def _undo(self, error: Exception) -> None:
        self._claims.undone()
        # Of a disk that is full and a file that is locked SQLite knows what to do; after all else
        # the file is opened anew.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY):
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def settle(future: asyncio.Future[Any], outcome: Any) -> None:
    # Whoever waited may have been cancelled; what was done is done.
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _outcome(transaction: Transaction, job: Job[Any]) -> Any:
    try:
        return job.do(transaction)
    except RelayError as error:
        return error


def _settle_all(batch: Sequence[Item], outcomes: Sequence[Any]) -> None:
    for item, outcome in zip(batch, outcomes, strict=True):
        item.settle(outcome)
