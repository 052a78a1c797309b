"""Logs in Redis or Valkey: any number of relays, on any number of machines, share them."""

import secrets
from collections.abc import Sequence

from ..errors import StoreFailed
from ..logs import Arrived, Cursor, KeyStore, Log, Lost, Note, unheard
from ..measures import Appends
from .redis_claims import Claims
from .redis_connect import Server
from .redis_inbox import Inbox
from .redis_log import RedisLog
from .redis_notes import RedisKeys, RedisNotes
from .redis_reader import Reader
from .redis_scripts import OPEN
from .redis_set import DataSet
from .redis_shared import Shared
from .redis_sweep import Sweeper
from .redis_wire import Wire

_CONNECT_SECONDS = 2.0


class RedisStore:
    """Three connections: one for all calls, and two that wait for what comes into the logs.

    No call waits longer than `limit_seconds`; a Redis that stands still for less than that is
    noticed by nobody.
    """

    is_durable = True

    def __init__(  # noqa: PLR0913  (what a log may hold, and what may be waited for)
        self,
        url: str,
        max_frames: int,
        max_bytes: int,
        max_age_seconds: float | None = None,
        *,
        notes_max_age_seconds: float | None = None,
        lease_seconds: float = 10.0,
        limit_seconds: float = 8.0,
        quiet_seconds: float = 3.0,
        prefix: str = "thread-relay",
    ) -> None:
        self._limit_seconds = limit_seconds
        self._data_set = DataSet(prefix, self._start_anew)
        self._server = Server(url, self._data_set, _CONNECT_SECONDS)
        self._wire = Wire(self._server.connect, self._data_set.server_ms, limit_seconds)
        relay = secrets.token_hex(8).encode()
        self._shared = Shared(
            self._data_set, self._wire, relay, max_frames, max_bytes, max_age_seconds,
            notes_max_age_seconds,
        )  # fmt: skip
        self._reader = Reader(self._data_set, self._wire, relay, quiet_seconds)
        self._claims = Claims(self._shared, lease_seconds, self._last)
        self._sweeper = Sweeper(self._shared, self._claims.leases)
        self._inbox = Inbox(self._shared)
        self._notes: dict[str, RedisNotes] = {}
        self.keys: KeyStore | None = RedisKeys(self._shared)
        self.appends: Appends | None = self._shared.appends

    async def start(self) -> None:
        await self._server.check()
        try:
            self._data_set.entered(await self._wire.call(self._data_set.enter()))
        except StoreFailed:
            await self._wire.close()
            raise
        self._reader.start(self._server.connect, self._limit_seconds)
        self._claims.start()
        self._sweeper.start()

    async def check(self) -> None:
        """A key that is written shows what an answer alone does not: that there is room."""
        key = b"%bcheck" % self._data_set.prefix
        await self._wire.call((b"SET", key, b"", b"PX", b"60000"))

    async def close(self) -> None:
        await self._sweeper.close()
        await self._claims.close()
        await self._reader.close()
        await self._wire.close()

    async def cursor(self, thread_id: str) -> Cursor:
        last, *_ = await self._look(thread_id)
        return Cursor(self._data_set.incarnation, last)

    async def has(self, thread_id: str) -> bool:
        _, log, _ = self._data_set.thread(thread_id)
        there: int = await self._wire.call((b"EXISTS", log, self._data_set.noted(thread_id)))
        return there > 0

    async def open(self, thread_id: str, arrived: Arrived, lost: Lost = unheard) -> RedisLog:
        """`lost` is told when frames are gone that `arrived` had not been told: all who follow
        must look at `trimmed` before they go on.
        """
        found = await self._look(thread_id)
        log = RedisLog(self._shared, thread_id, arrived, lost)
        log.found(found)
        log.told = log.last
        self._reader.add(log)
        return log

    async def drop(self, log: Log) -> None:
        if isinstance(log, RedisLog):
            self._reader.remove(log)

    def notes(self, kind: str) -> RedisNotes:
        # Each open thread asks for each kind.
        if kind not in self._notes:
            self._notes[kind] = RedisNotes(self._shared, kind)
        return self._notes[kind]

    async def claim(self, thread_id: str) -> bool:
        last = await self._claims.take(thread_id)
        for log in self._reader.of(thread_id):
            log.found(await self._look(thread_id))
        return last is not None

    async def release(self, thread_id: str) -> None:
        await self._claims.release(thread_id)

    async def owner(self, thread_id: str) -> str | None:
        return await self._claims.owner(thread_id)

    async def send(self, owner: str, note: Note) -> None:
        await self._inbox.send(owner, note)

    async def take(self) -> Sequence[Note]:
        return await self._inbox.take()

    async def orphans(self) -> Sequence[str]:
        return await self._claims.orphans()

    async def _look(self, thread_id: str) -> Sequence[int]:
        """Where the log of a thread ends, and the like."""
        found: Sequence[int] = await self._shared.ask_any(
            OPEN, lambda: self._data_set.thread(thread_id)
        )
        return found

    def _last(self, thread_id: str) -> int | None:
        return max((log.last for log in self._reader.of(thread_id)), default=None)

    def _start_anew(self) -> None:
        self._reader.start_anew()
        self._claims.start_anew()
        self._inbox.start_anew()
