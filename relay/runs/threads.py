"""All threads that the relay knows: opened when used, dropped when idle."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from ..errors import ClaimLost, RelayError, TooManyThreads
from ..logs import Store
from ..measures import Measures
from ..notes import recalled
from ..settings import Settings
from ..snapshot import Seen
from ..upstreams import Upstream
from .followers import Followers
from .keys import Keys
from .thread import Thread

_SWEEP_SECONDS = 1.0
# How many threads are looked at in one go: of ten thousand that would hold up tokens for long.
_AT_ONCE = 100
_KEPT_IDLE_SECONDS = 60.0

_logger = logging.getLogger(__name__)


class Threads:
    def __init__(
        self, settings: Settings, upstream: Upstream, store: Store, measures: Measures
    ) -> None:
        self._settings = settings
        self._upstream = upstream
        self._store = store
        self._measures = measures
        # What only the relay knows of messages, once their logs are forgotten.
        self._notes = store.notes("messages")
        # The one that was asked for last stands last.
        self._threads: dict[str, Thread] = {}
        # Those whose logs are being looked for.
        self._opening: dict[str, asyncio.Task[None]] = {}
        # Those that nobody has asked anything of but to follow them.
        self._only_followed: set[str] = set()
        # A log that is kept elsewhere too costs little to open again.
        self._idle_seconds = settings.log_idle_seconds
        if store.is_durable:
            self._idle_seconds = min(self._idle_seconds, _KEPT_IDLE_SECONDS)
        # Those that something is done with that does not make them busy.
        self._held: Counter[str] = Counter()
        self.keys = Keys(settings.key_ttl, kept=store.keys)
        self.followers = Followers(settings.max_followers)
        self.is_draining = False
        self._is_closed = False

    def __iter__(self) -> Iterator[Thread]:
        """Those that are open."""
        return iter(self._threads.values())

    def find(self, thread_id: str) -> Thread | None:
        """The thread, if it is open."""
        return self._threads.get(thread_id)

    async def known(self, thread_id: str) -> Thread | None:
        """The thread, if anything is kept of it."""
        if thread_id not in self._threads and not await self._store.has(thread_id):
            return None
        return await self._opened(thread_id)

    async def open(self, thread_id: str) -> Thread:
        """The thread, whether anything is known of it or not.  Raises TooManyThreads."""
        thread = await self._opened(thread_id)
        self._only_followed.discard(thread_id)
        return thread

    @asynccontextmanager
    async def followed(self, thread_id: str) -> AsyncIterator[Thread]:
        """The thread while it is followed.  To ask for what is not there costs nothing afterwards.

        Raises TooManyThreads.
        """
        is_new = thread_id not in self._threads
        thread = await self._opened(thread_id)
        if is_new:
            self._only_followed.add(thread_id)
        try:
            yield thread
        finally:
            if thread_id in self._only_followed and thread.feed.log.last == thread.feed.log.trimmed:
                await self._drop_if_idle(thread)

    @contextmanager
    def held(self, thread: Thread) -> Iterator[None]:
        """While something is done with a thread; nobody forgets it meanwhile."""
        self._held[thread.id] += 1
        try:
            yield
        finally:
            self._held[thread.id] -= 1
            if not self._held[thread.id]:
                del self._held[thread.id]

    async def see(self, thread_id: str) -> Seen:
        """What has been seen of a thread; to look at one of which nothing is kept opens none."""
        thread = await self.known(thread_id)
        if thread is not None:
            return await thread.sight.see()
        cursor = await self._store.cursor(thread_id)
        return Seen(cursor, recalled(await self._notes.read(thread_id)), [])

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """While it is entered, silence is broken by pings, and idle threads are dropped."""
        # Apart from each other: no store that stands still may keep pings back.
        tasks = [asyncio.create_task(self._sweep()), asyncio.create_task(self._break_silence())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def drain(self, grace_seconds: float) -> None:
        """End all runs within the grace period and let all followers go."""
        self.is_draining = True
        threads = list(self._threads.values())
        await asyncio.gather(*(thread.drain(grace_seconds) for thread in threads))
        await self.keys.close()
        self._is_closed = True
        self.followers.close()
        for thread in self._threads.values():
            thread.close()

    async def adopt(self) -> None:
        """Go on with the runs that another process has left."""
        if self.is_draining:
            return
        for thread_id in await self._store.orphans():
            try:
                await (await self._opened(thread_id)).book.own()
            except ClaimLost:
                _logger.info("thread %s: another relay was faster", thread_id)
            except RelayError as error:
                _logger.warning("thread %s is left as it is: %s", thread_id, error)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self.adopt()
            except RelayError as error:
                _logger.warning("runs that were left could not be looked for: %s", error)
            except Exception:
                _logger.exception("runs that were left could not be looked for")
            for number, thread in enumerate(list(self._threads.values()), 1):
                try:
                    await self._sweep_one(thread)
                except Exception:
                    # One thread's fault must not end the sweep of all others.
                    _logger.exception("thread %s could not be swept", thread.id)
                await _make_way(number)

    async def _break_silence(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            for number, thread in enumerate(list(self._threads.values()), 1):
                try:
                    thread.feed.sweep(self._settings.ping_seconds)
                except Exception:
                    # One thread's fault must not end the pings of all others.
                    _logger.exception("those who follow thread %s could not be pinged", thread.id)
                await _make_way(number)

    async def _sweep_one(self, thread: Thread) -> None:
        if thread.book.may_be_left:
            await self._disown(thread)
        last_used = max(thread.last_used, thread.feed.last_sent)
        if time.monotonic() - last_used >= self._idle_seconds:
            await self._forget(thread)

    async def _disown(self, thread: Thread) -> None:
        """Let another relay have it, if nothing is done with it here."""
        if self._is_left(thread):
            await thread.note()
            # Somebody may have come meanwhile.
            if self._is_left(thread):
                await thread.book.disown()

    async def _opened(self, thread_id: str) -> Thread:
        while thread_id not in self._threads:
            opening = self._opening.get(thread_id)
            if opening is None:
                opening = self._opening[thread_id] = asyncio.create_task(self._open(thread_id))
                opening.add_done_callback(lambda _: self._opening.pop(thread_id))
            # Whoever asked first may go: others wait for the same.
            await asyncio.shield(opening)
        self._threads[thread_id] = thread = self._threads.pop(thread_id)
        thread.last_used = time.monotonic()
        await thread.refresh()
        return thread

    async def _open(self, thread_id: str) -> None:
        await self._make_room()
        thread = Thread(thread_id, self._store, self._upstream, self._settings, self._measures)
        await thread.open()
        thread.is_draining = self.is_draining
        self._threads[thread_id] = thread
        if self._is_closed:
            thread.close()

    async def _make_room(self) -> None:
        """Forget the thread that has not been asked for for longest, if there are too many."""
        for thread in list(self._threads.values()):
            if len(self._threads) < self._settings.max_threads:
                return
            await self._forget(thread)
        if len(self._threads) >= self._settings.max_threads:
            raise TooManyThreads(f"{self._settings.max_threads} threads are in use already")

    async def _forget(self, thread: Thread) -> None:
        """Drop a thread that is idle, once it is noted what nobody else knows of it."""
        if self._is_idle(thread):
            last_used = thread.last_used
            await thread.note()
            if thread.last_used == last_used:
                await self._drop_if_idle(thread)

    def _is_idle(self, thread: Thread) -> bool:
        return self._is_left(thread) and not thread.feed.connections

    def _is_left(self, thread: Thread) -> bool:
        return thread.is_left and thread.id not in self._held

    async def _drop_if_idle(self, thread: Thread) -> None:
        if self._is_idle(thread) and self._threads.get(thread.id) is thread:
            del self._threads[thread.id]
            self._only_followed.discard(thread.id)
            self._measures.events_dropped += thread.events
            await self._store.drop(thread.feed.log)


async def _make_way(number: int) -> None:
    """Between some of many threads, for whatever else there is to do."""
    if number % _AT_ONCE == 0:
        await asyncio.sleep(0)
