"""Logs in one SQLite file: they outlive the process, and processes of one machine share them."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from ..errors import StoreFailed
from ..logs import Arrived, Block, Cursor, KeyStore, Log, Lost, Note, unheard
from ..measures import Appends
from .sqlite_blocks import State, find_state, has_anything, read_blocks
from .sqlite_claims import Claims
from .sqlite_file import File
from .sqlite_log import Limits, SqliteLog
from .sqlite_notes import SqliteKeys, SqliteNotes
from .sqlite_owners import find_orphans, find_owner, has_post, send, take
from .sqlite_reader import Reader
from .sqlite_sweep import Ages
from .sqlite_transaction import Transaction
from .sqlite_upkeep import Upkeep
from .sqlite_watcher import Watcher
from .sqlite_writer import Writer

_NOTES_MAX_AGE_SECONDS = 90 * 86_400.0


class SqliteStore:
    """All logs share an incarnation: that of the file, made when the file was."""

    is_durable = True

    def __init__(  # noqa: PLR0913  (its settings, by name)
        self,
        path: str,
        max_frames: int,
        max_bytes: int,
        *,
        max_age_seconds: float | None = None,
        notes_max_age_seconds: float | None = _NOTES_MAX_AGE_SECONDS,
        max_file_bytes: int | None = None,
        lease_seconds: float = 10.0,
        busy_seconds: float = 5.0,
    ) -> None:
        """Logs are kept for `max_age_seconds`, and what is noted beside them for longer."""
        self._limits = Limits(max_frames, max_bytes, max_age_seconds)
        self._file = File(path, busy_seconds, max_file_bytes)
        self._incarnation = ""
        # Those that are open, by thread.
        self._logs: dict[str, SqliteLog] = {}
        self._notes: dict[str, SqliteNotes] = {}
        # The threads that this relay has, for all that it knows.
        self._claimed: set[str] = set()
        self._claims = Claims(path, lease_seconds)
        self._reader = Reader(self._file)
        self._writer = Writer(self._file, self._claims)
        self._watcher = Watcher(self._file, self._claims, self._logs)
        ages = Ages(max_age_seconds, notes_max_age_seconds)
        self._upkeep = Upkeep(self._file, self._writer, lease_seconds, ages, self._watcher.opened)
        self.keys: KeyStore | None = SqliteKeys(self._reader, self._writer)
        self.appends: Appends | None = self._writer.appends

    async def start(self) -> None:
        self._incarnation = await asyncio.to_thread(self._file.prepare)
        self._writer.start()
        # The first commit shows whether the file can be written to.
        try:
            await self.check()
        except BaseException:
            await self._writer.close()
            self._claims.close()
            raise
        self._watcher.start()
        self._upkeep.start()

    async def check(self) -> None:
        # Something must be written, or nothing is tried.
        await self._writer.do(_renew)

    async def sweep(self) -> None:
        """Forget what is too old, in all threads.  It is done now and then by itself."""
        await self._upkeep.sweep()

    async def close(self) -> None:
        await self._upkeep.close()
        await self._watcher.close()
        with suppress(StoreFailed):
            # Others need not wait until it is seen to be dead.
            await self._writer.do(_leave)
        await self._writer.close()
        await self._reader.close()
        self._claims.close()

    async def cursor(self, thread_id: str) -> Cursor:
        # Asked of the file: what another relay has appended may not have arrived here yet.
        state = await self._reader.do(partial(find_state, thread_id=thread_id))
        return Cursor(self._incarnation, state.last)

    async def has(self, thread_id: str) -> bool:
        return await self._reader.do(partial(has_anything, thread_id=thread_id))

    async def open(self, thread_id: str, arrived: Arrived, lost: Lost = unheard) -> SqliteLog:
        log = SqliteLog(
            thread_id, self._incarnation, self._limits, self._reader, self._writer, arrived, lost
        )
        log.open(await self._reader.do(partial(find_state, thread_id=thread_id)))
        self._logs[thread_id] = log
        self._watcher.opened(thread_id)
        if thread_id in self._claimed:
            try:
                await self.claim(thread_id)
            except BaseException:
                await self.drop(log)
                raise
        return log

    async def drop(self, log: Log) -> None:
        for thread_id in [name for name, one in self._logs.items() if one is log]:
            del self._logs[thread_id]
        self._watcher.dropped()

    def notes(self, kind: str) -> SqliteNotes:
        # Each open thread asks for each kind.
        if kind not in self._notes:
            self._notes[kind] = SqliteNotes(kind, self._reader, self._writer)
        return self._notes[kind]

    async def claim(self, thread_id: str) -> bool:
        found = await self._writer.do(partial(_claim, thread_id))
        if found is None:
            self._claimed.discard(thread_id)
            return False
        state, was_ours = found
        self._claimed.add(thread_id)
        log = self._logs.get(thread_id)
        if log is not None and not (log.is_claimed and was_ours):
            log.is_claimed = False
            log.refresh(state)
            await self._catch_up(log, state)
            log.take(state)
        return True

    async def release(self, thread_id: str) -> None:
        self._claimed.discard(thread_id)
        if (log := self._logs.get(thread_id)) is not None:
            log.is_claimed = False
        await self._writer.do(
            lambda transaction: transaction.claims.release(transaction.connection, thread_id)
        )

    async def owner(self, thread_id: str) -> str | None:
        return await self._reader.do(partial(find_owner, path=self._file.path, thread_id=thread_id))

    async def send(self, owner: str, note: Note) -> None:
        await self._writer.do(partial(send, relay=owner, note=json.dumps(note)))

    async def take(self) -> Sequence[Note]:
        # Asked for often, and rarely is there anything.
        if not await self._reader.do(partial(has_post, relay=self._claims.relay)):
            return ()
        return [json.loads(note) for note in await self._writer.do(take)]

    async def orphans(self) -> Sequence[str]:
        return await self._reader.do(partial(find_orphans, path=self._file.path))

    async def _catch_up(self, log: SqliteLog, state: State) -> None:
        """What others have appended before the thread was taken arrives before anything else."""
        while state.number is not None and log.told < state.last:
            found = await self._reader.do(
                partial(read_blocks, number=state.number, beyond=log.told)
            )
            if not found:
                break
            log.arrive((Block(data, last), run_id) for last, run_id, data in found)


def _claim(thread_id: str, transaction: Transaction) -> tuple[State, bool] | None:
    """What there is of its log, and whether it was this relay's before."""
    before = find_state(transaction.connection, thread_id)
    was_ours = before.number is not None and transaction.claims.has(before.number)
    if transaction.claims.claim(transaction.connection, thread_id) is None:
        return None
    return find_state(transaction.connection, thread_id), was_ours


def _leave(transaction: Transaction) -> None:
    transaction.claims.leave(transaction.connection)


def _renew(transaction: Transaction) -> None:
    transaction.claims.renew(transaction.connection)
