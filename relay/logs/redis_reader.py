"""Reads back what comes into all logs that are open, over one connection."""

import asyncio
import logging
from typing import Any

from redis.exceptions import RedisError

from ..logs import Log
from .redis_log import RedisLog
from .redis_set import DataSet, pack
from .redis_wire import BackOff, Connect, Wire, connected

logger = logging.getLogger(__name__)

# How long nothing may come before the data set is looked at.
_BLOCK_SECONDS = 1.0
# Of each log at a time, so that no reply is without bounds.
_MOST_ENTRIES = 64


class Reader:
    """Waits for all logs at once.  A stream of its own wakes it when a log is opened."""

    def __init__(
        self, connect: Connect, data_set: DataSet, wire: Wire, relay: bytes, limit_seconds: float
    ) -> None:
        self._connect = connect
        self._data_set = data_set
        self._wire = wire
        self._limit_seconds = limit_seconds
        self._logs: dict[str, list[RedisLog]] = {}
        self._threads: dict[Log, str] = {}
        self._bell = b"%bbell:%b" % (data_set.prefix, relay)
        self._rung = b"0"
        # Whether a log was opened that the reader does not wait for yet.
        self._is_stale = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def add(self, log: RedisLog) -> None:
        self._threads[log] = log.thread_id
        self._logs.setdefault(log.thread_id, []).append(log)
        if not self._is_stale:
            self._is_stale = True
            self._ring()

    def remove(self, log: Log) -> None:
        thread_id = self._threads.pop(log, None)
        if thread_id is None:
            return
        rest = [one for one in self._logs[thread_id] if one is not log]
        if rest:
            self._logs[thread_id] = rest
        else:
            del self._logs[thread_id]

    def of(self, thread_id: str) -> list[RedisLog]:
        return self._logs.get(thread_id, [])

    def start_anew(self) -> None:
        """The data set is another one."""
        self._rung = b"0"
        for logs in list(self._logs.values()):
            for log in list(logs):
                log.start_anew()

    def _ring(self) -> None:
        """If that fails, the reader looks up by itself soon enough."""
        for command in (
            (b"XADD", self._bell, b"MAXLEN", b"1", b"*", b"", b""),
            (b"PEXPIRE", self._bell, b"3600000"),
        ):
            self._wire.call(command).add_done_callback(_looked_at)

    async def _run(self) -> None:
        back_off = BackOff()
        while True:
            try:
                async with connected(self._connect) as connection:
                    while True:
                        async with asyncio.timeout(_BLOCK_SECONDS + self._limit_seconds):
                            await connection.send_packed_command([self._command()])
                            reply = await connection.read_response()
                            if reply is None:
                                await connection.send_packed_command(
                                    [pack(*self._data_set.enter())]
                                )
                                self._data_set.entered(await connection.read_response())
                        self._tell(reply or ())
                        back_off.reset()
            except (RedisError, OSError):
                await back_off.pause()
            except Exception:
                # One log whose followers fail must not end those of all others.
                logger.exception("what came into a log could not be told")

    def _command(self) -> bytes:
        self._is_stale = False
        keys, ids = [self._bell], [self._rung]
        for logs in self._logs.values():
            keys.append(logs[0].stream)
            ids.append(b"%d" % min(log.told for log in logs))
        head = (b"XREAD", b"COUNT", b"%d" % _MOST_ENTRIES, b"BLOCK")
        return pack(*head, b"%d" % (_BLOCK_SECONDS * 1000), b"STREAMS", *keys, *ids)

    def _tell(self, reply: Any) -> None:
        for key, entries in reply:
            if key == self._bell:
                self._rung = entries[-1][0]
                continue
            incarnation, _, thread_id = key.rpartition(b":")
            if not incarnation.endswith(b":" + self._data_set.name):
                continue
            for log in list(self._logs.get(thread_id.decode(), ())):
                log.tell(entries)


def _looked_at(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
