"""All threads that the relay knows: opened when used, dropped when idle."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..logs import Cursor, Store
from ..settings import Settings
from ..snapshot import Seen
from ..upstreams import Upstream
from .keys import Keys
from .thread import Thread

_SWEEP_SECONDS = 1.0


class Threads:
    def __init__(self, settings: Settings, upstream: Upstream, store: Store) -> None:
        self._settings = settings
        self._upstream = upstream
        self._store = store
        self._threads: dict[str, Thread] = {}
        self.keys = Keys(settings.key_ttl)
        # How many event streams are open.
        self.followers = 0
        self.is_draining = False
        self._is_closed = False

    def find(self, thread_id: str) -> Thread | None:
        return self._threads.get(thread_id)

    def open(self, thread_id: str) -> Thread:
        """The thread, whether anything is known of it or not."""
        thread = self._threads.get(thread_id)
        if thread is None:
            log = self._store.open(thread_id)
            thread = Thread(thread_id, log, self._upstream, self._settings)
            thread.is_draining = self.is_draining
            self._threads[thread_id] = thread
            if self._is_closed:
                thread.close()
        thread.last_used = time.monotonic()
        return thread

    async def see(self, thread_id: str) -> Seen:
        """What has been seen of a thread; looking at one does not open it."""
        thread = self.find(thread_id)
        if thread is None:
            return Seen(self._store.start(), [], [])
        return await thread.watch.see()

    def start(self) -> Cursor:
        return self._store.start()

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """While it is entered, silence is broken by pings, and idle threads are dropped."""
        task = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def drain(self, grace_seconds: float) -> None:
        """End all runs within the grace period and let all followers go."""
        self.is_draining = True
        threads = list(self._threads.values())
        await asyncio.gather(*(thread.drain(grace_seconds) for thread in threads))
        await self.keys.close()
        self._is_closed = True
        for thread in self._threads.values():
            thread.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = time.monotonic()
            for thread in list(self._threads.values()):
                thread.feed.sweep(self._settings.ping_seconds)
                if (
                    now - max(thread.last_used, thread.feed.last_sent)
                    >= self._settings.log_idle_seconds
                ):
                    self._drop_if_idle(thread)

    def _drop_if_idle(self, thread: Thread) -> None:
        if not thread.is_busy and not thread.feed.connections:
            del self._threads[thread.id]
            self._store.drop(thread.feed.log)
