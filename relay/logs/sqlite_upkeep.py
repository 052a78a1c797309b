"""What a store does by itself: it stays alive, writes through to the disk, and forgets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial

from ..errors import RelayError
from .sqlite_file import File
from .sqlite_rows import move_rows
from .sqlite_sweep import Ages, Place, sweep
from .sqlite_transaction import Transaction
from .sqlite_writer import Writer

logger = logging.getLogger(__name__)

# How often what is committed is written through to the disk: what a loss of power may cost.
_CHECKPOINT_SECONDS = 1.0
_SWEEP_SECONDS = 60.0
_SWEEP_PAUSE_SECONDS = 0.05
_RENEWALS = 4


class Upkeep:
    def __init__(
        self,
        file: File,
        writer: Writer,
        lease_seconds: float,
        ages: Ages,
        changed: Callable[[str], None],
    ) -> None:
        """`changed` is told of each thread whose log has lost something."""
        self._file = file
        self._writer = writer
        self._lease_seconds = lease_seconds
        self._ages = ages
        self._changed = changed
        self._tasks: list[asyncio.Task[None]] = []
        # Commits that have been written through.
        self._commits = 0

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._repeat(self._renew, self._lease_seconds / _RENEWALS)),
            asyncio.create_task(self._repeat(self._checkpoint, _CHECKPOINT_SECONDS)),
            asyncio.create_task(self._repeat(self.sweep, _SWEEP_SECONDS)),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def sweep(self) -> None:
        """Forget what is too old, all through the file."""
        place: Place | None = Place()
        while place is not None:
            place, changed = await self._writer.do(partial(sweep, self._ages, place))
            for thread_id in changed:
                self._changed(thread_id)
            await asyncio.sleep(_SWEEP_PAUSE_SECONDS)

    async def _repeat(self, do: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Whatever fails is tried again: whoever appends is told of the trouble."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await do()
            except RelayError as error:
                logger.warning("%s", error)

    async def _renew(self) -> None:
        commits = self._writer.commits
        await self._writer.do(_renew)
        if commits == self._commits == self._writer.commits - 1:
            # Nothing else has happened, and this much may be lost.
            self._commits += 1

    async def _checkpoint(self) -> None:
        if self._writer.commits != self._commits:
            await self._writer.do(_move)
            self._commits = self._writer.commits
            await asyncio.to_thread(self._write_through)

    def _write_through(self) -> None:
        with self._file.naming_failures(), closing(self._file.connect()) as connection:
            # Another process that does so too is reason enough not to.
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _move(transaction: Transaction) -> None:
    move_rows(transaction.connection)


def _renew(transaction: Transaction) -> None:
    transaction.claims.renew(transaction.connection)
