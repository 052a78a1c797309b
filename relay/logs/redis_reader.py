"""Reads back what comes into the logs that are open: all of them, over two connections."""

import asyncio
from typing import Any

from .redis_log import RedisLog
from .redis_set import DataSet
from .redis_watch import Watch
from .redis_wire import Connect, Wire


class Reader:
    """Whoever waits for many streams names them all, each time that one of them has something.  So
    those that are busy are waited for apart: the many that are quiet cost nothing then.
    """

    def __init__(self, data_set: DataSet, wire: Wire, relay: bytes, quiet_seconds: float) -> None:
        # A log in which nothing has come for so long is watched with the quiet ones.
        self._quiet_seconds = quiet_seconds
        # By thread; nearly always one.
        self._logs: dict[str, tuple[RedisLog, ...]] = {}
        self._busy = Watch(relay + b":busy", data_set, wire, self._heard)
        self._quiet = Watch(relay + b":quiet", data_set, wire, self._heard)
        # When each that is busy was heard of last, the longest ago first.
        self._heard_at: dict[str, float] = {}
        self._cooling: asyncio.TimerHandle | None = None

    def start(self, connect: Connect, limit_seconds: float) -> None:
        for watch in (self._busy, self._quiet):
            watch.start(connect, limit_seconds)
        self._cool()

    async def close(self) -> None:
        if self._cooling:
            self._cooling.cancel()
        for watch in (self._busy, self._quiet):
            await watch.close()

    def add(self, log: RedisLog) -> None:
        self._set(log.thread_id, (*self.of(log.thread_id), log))
        self._is_busy(log.thread_id)

    def remove(self, log: RedisLog) -> None:
        thread_id = log.thread_id
        logs = tuple(one for one in self.of(thread_id) if one is not log)
        if logs:
            self._set(thread_id, logs)
        elif thread_id in self._logs:
            del self._logs[thread_id]
            self._heard_at.pop(thread_id, None)
            for watch in (self._busy, self._quiet):
                watch.remove(thread_id)

    def of(self, thread_id: str) -> tuple[RedisLog, ...]:
        return self._logs.get(thread_id, ())

    def _set(self, thread_id: str, logs: tuple[RedisLog, ...]) -> None:
        self._logs[thread_id] = logs
        for watch in (self._busy, self._quiet):
            watch.replace(thread_id, logs)

    def start_anew(self) -> None:
        """The data set is another one."""
        for watch in (self._busy, self._quiet):
            watch.start_anew()
        for logs in list(self._logs.values()):
            for log in logs:
                log.start_anew()

    def _heard(self, thread_id: str, entries: Any) -> None:
        logs = self.of(thread_id)
        for log in logs:
            log.tell(entries)
        if thread_id in self._logs:
            # Their own name of it: that one is there anyway.
            self._is_busy(logs[0].thread_id)

    def _is_busy(self, thread_id: str) -> None:
        self._heard_at.pop(thread_id, None)
        self._heard_at[thread_id] = asyncio.get_running_loop().time()
        if thread_id not in self._busy:
            self._quiet.remove(thread_id)
            self._busy.add({thread_id: self._logs[thread_id]})

    def _cool(self) -> None:
        """Those that have become quiet pass over together."""
        loop = asyncio.get_running_loop()
        self._cooling = loop.call_later(self._quiet_seconds / 10, self._cool)
        cooled = {}
        for thread_id, heard_at in self._heard_at.items():
            if heard_at > loop.time() - self._quiet_seconds:
                break
            cooled[thread_id] = self._busy.remove(thread_id)
            for log in cooled[thread_id]:
                log.rest()
        for thread_id in cooled:
            del self._heard_at[thread_id]
        self._quiet.add(cooled)
