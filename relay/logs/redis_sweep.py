"""Forgets threads that nobody has used for long."""

import asyncio
import contextlib
import random

from ..errors import StoreFailed
from .redis_claim_scripts import SWEEP
from .redis_shared import Shared

_MOST_THREADS = 100
_LONGEST_PAUSE_SECONDS = 3600.0


class Sweeper:
    """Streams and notes expire by themselves; where a log ended must not, lest its positions are
    used again.  Every relay sweeps, now and then: twice is once.
    """

    def __init__(self, shared: Shared, leases: bytes) -> None:
        self._shared = shared
        self._leases = leases
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._shared.max_age_seconds:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def sweep(self) -> None:
        data_set = self._shared.data_set
        seconds = int(self._shared.keep_ms) // 1000
        found = _MOST_THREADS
        while found == _MOST_THREADS:
            found = await self._shared.ask_any(
                SWEEP, lambda: (data_set.key, data_set.used()),
                b"%d" % seconds, *data_set.threads(), self._leases, b"%d" % _MOST_THREADS,
            )  # fmt: skip

    async def _run(self) -> None:
        pause = min(int(self._shared.keep_ms) / 4000, _LONGEST_PAUSE_SECONDS)
        while True:
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  (spreads load)
            with contextlib.suppress(StoreFailed):
                await self.sweep()
