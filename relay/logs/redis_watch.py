"""Waits for what comes into many logs at once, over one connection."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from .redis_log import RedisLog
from .redis_set import DataSet, arguments, pack
from .redis_wire import BackOff, Connect, Wire, connected

logger = logging.getLogger(__name__)

# How long nothing may come before the data set is looked at.
_BLOCK_SECONDS = 1.0
# Of each log at a time, so that no reply is without bounds.
_MOST_ENTRIES = 64
# To wait for many is work, here and at the server: so a little more is let come together.
_MANY = 100
_PAUSE_SECONDS = 0.001
_BELL_MS = 3_600_000
_XREAD = (
    b"XREAD", b"COUNT", b"%d" % _MOST_ENTRIES, b"BLOCK", b"%d" % (_BLOCK_SECONDS * 1000),
    b"STREAMS",
)  # fmt: skip

# The logs of each thread, by the thread's id.
Logs = dict[str, Sequence[RedisLog]]


class Watch:
    """A stream of its own, the bell, wakes it when it is to wait for more logs.

    What it hears goes on from what was told last, so that a log may pass from one watch to another
    at any time: what both of them hear is told once.
    """

    def __init__(
        self, name: bytes, data_set: DataSet, wire: Wire, heard: Callable[[str, Any], None]
    ) -> None:
        self._bell = b"%bbell:%b" % (data_set.prefix, name)
        self._rung = b"0"
        self._data_set = data_set
        self._wire = wire
        self._heard = heard
        self._logs: Logs = {}
        # What the streams of these logs are called, as a command has it; None if that has changed.
        self._names: bytes | None = None
        # Whether there is a log that it does not wait for yet.
        self._is_stale = False
        self._task: asyncio.Task[None] | None = None

    def start(self, connect: Connect, limit_seconds: float) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(connect, limit_seconds))

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self._logs

    def add(self, logs: Mapping[str, Sequence[RedisLog]]) -> None:
        if logs:
            self._logs.update(logs)
            self._names = None
            if not self._is_stale:
                self._is_stale = True
                self._ring()

    def replace(self, thread_id: str, logs: Sequence[RedisLog]) -> None:
        """Wait for these, if it waits for that thread."""
        if thread_id in self._logs:
            self._logs[thread_id] = logs

    def remove(self, thread_id: str) -> Sequence[RedisLog]:
        logs = self._logs.pop(thread_id, ())
        if logs:
            self._names = None
        return logs

    def start_anew(self) -> None:
        """The data set is another one."""
        self._names = None
        self._rung = b"0"
        self._ring()

    def _ring(self) -> None:
        """If that fails, it looks up by itself soon enough."""
        for command in (
            (b"XADD", self._bell, b"MAXLEN", b"1", b"*", b"", b""),
            (b"PEXPIRE", self._bell, b"%d" % _BELL_MS),
        ):
            self._wire.call(command).add_done_callback(_looked_at)

    async def _run(self, connect: Connect, limit_seconds: float) -> None:
        back_off = BackOff()
        while True:
            try:
                async with connected(connect) as connection:
                    while True:
                        async with asyncio.timeout(_BLOCK_SECONDS + limit_seconds):
                            self._hear(await self._wait(connection))
                        back_off.reset()
                        if len(self._logs) > _MANY:
                            await asyncio.sleep(_PAUSE_SECONDS)
            except (RedisError, OSError):
                await back_off.pause()
            except Exception:
                # One log whose followers fail must not end those of all others.
                logger.exception("what came into a log could not be told")
                await back_off.pause()

    async def _wait(self, connection: AbstractConnection) -> Any:
        await connection.send_packed_command([self._command()])
        reply = await connection.read_response()
        if reply is None:
            await connection.send_packed_command([pack(*self._data_set.enter())])
            self._data_set.entered(await connection.read_response())
        return reply or ()

    def _command(self) -> bytes:
        self._is_stale = False
        if self._names is None:
            self._names = arguments([self._bell, *(logs[0].stream for logs in self._logs.values())])
        told = [b"%d" % min([log.told for log in logs]) for logs in self._logs.values()]
        return b"*%d\r\n%b%b%b" % (
            len(_XREAD) + 2 * (1 + len(told)),
            arguments(_XREAD),
            self._names,
            arguments([self._rung, *told]),
        )

    def _hear(self, reply: Any) -> None:
        for key, entries in reply:
            if key == self._bell:
                self._rung = entries[-1][0]
                continue
            _, _, incarnation, thread_id = key.rsplit(b":", 3)
            # Of another data set it is nothing that goes on from what was told.
            if incarnation == self._data_set.name:
                self._heard(thread_id.decode(), entries)


def _looked_at(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
