"""A thread as the relay knows it: its feed, its runs, and whose turn it is."""

import asyncio
import time
from collections.abc import Sequence

from ..errors import ClaimLost, Draining, QueueFull, ThreadBusy
from ..feed import Feed
from ..logs import Store
from ..measures import Measures
from ..settings import Settings
from ..upstreams import Json, Upstream
from .book import Book
from .driver import Driver
from .looking import Looking
from .messages import Messages
from .request import RunRequest
from .run import Run, Span, error_of
from .sight import Sight
from .stopping import stop
from .tool_outputs import answered
from .turn import Turn
from .turns import Turns, rank_in


class Thread:
    """One run at a time; the others wait in a queue, which goes on whoever is watching."""

    __slots__ = (
        "_driver", "_first", "_looking", "_messages", "_queue", "_queueing", "_settings",
        "_store", "_tasks", "_turns", "_upstream", "book", "feed", "id", "is_draining",
        "last_used", "sight",
    )  # fmt: skip

    def __init__(
        self,
        thread_id: str,
        store: Store,
        upstream: Upstream,
        settings: Settings,
        measures: Measures,
    ) -> None:
        self.id = thread_id
        self._store = store
        # Another relay may tell of a run: whoever follows that here must hear of its end.
        self._looking = Looking(self.refresh) if store.is_durable else None
        self.feed = Feed(self._looking.again if self._looking else None)
        self.sight = Sight(
            thread_id, self.feed, store.notes("messages"), keeps_runs=upstream.keeps_runs
        )
        self.book = Book(thread_id, store, self._take_over, settings.key_ttl)
        self._messages = Messages(thread_id, upstream, self.feed, self.sight, self.book)
        self._turns = Turns(
            feed=self.feed, sight=self.sight, upstream=upstream, settings=settings,
            measures=measures, book=self.book, messages=self._messages,
        )  # fmt: skip
        # When somebody last asked for it, in monotonic seconds.
        self.last_used = time.monotonic()
        self._upstream = upstream
        self._settings = settings
        self._driver: Driver | None = None
        # The drivers' tasks: of the run in progress, and of those that write their recordings.
        self._tasks: list[tuple[asyncio.Task[None], Driver]] = []
        # A list, since nearly all are empty: that takes a tenth of an empty deque.
        self._queue: list[Turn] = []
        # So that the `queued` frame of a run stands before all its others.
        self._queueing = asyncio.Lock()
        self.is_draining = False

    async def open(self) -> None:
        """Before it is used.  Raises StoreFailed."""
        await self.feed.open(self._store, self.id)
        self._first = self.feed.log.last

    async def note(self) -> None:
        """Before its log is forgotten: what only the relay knows."""
        await self.sight.note()
        await self.book.note_over(self.sight.has_noted)

    @property
    def events(self) -> int:
        """How many have come into its log since it was opened."""
        return self.feed.log.last - self._first

    @property
    def is_busy(self) -> bool:
        return self._is_running or bool(self._queue)

    @property
    def is_left(self) -> bool:
        """Whether nothing is done with it here; the last frame of a run may not be kept yet."""
        return self._driver is None and not self._queue and not self._messages.is_busy

    @property
    def _is_running(self) -> bool:
        """A run that has ended may still be writing its recording: that is no reason to wait."""
        return self._driver is not None and not self._driver.run.is_terminal

    async def refresh(self) -> None:
        """See its runs as they are, if another relay may drive them."""
        for run in await self.book.refresh():
            self.feed.release(run.id)
        # Whoever waits for the end of a stream sees it now.
        self.feed.nudge()

    def _take_over(self, left: Sequence[Run]) -> None:
        """Runs that another process has left: the one in progress, and those that wait."""
        if self.is_draining:
            return
        self._messages.settle_soon()
        waiting = sorted((run for run in left if not run.has_begun), key=lambda run: run.rank)
        self._queue.extend(self._turns.of(run) for run in waiting)
        for run in left:
            if run.has_begun:
                self._begin(self._turns.of(run))
        self._advance()

    async def start(self, request: RunRequest) -> Run:
        """Start a run, or queue it.  Returns once the upstream has accepted it.

        Raises ThreadBusy, QueueFull, Draining, and what the upstream raises.
        """
        await self.book.own()
        self._refuse_if_draining()
        begun = self.book.started_under(request.key) if request.key else None
        if begun is not None:
            if self._driver is not None and self._driver.run is begun:
                await self._driver.accepted()
            return begun
        self._upstream.check_assistant(request.assistant_id)
        turn = self._turns.of(request.to_run(self.id))
        is_free = not self.is_busy
        if is_free:
            self._begin(turn)
        else:
            await self._enqueue(turn, request.if_busy)
        if is_free or request.waits:
            await asyncio.shield(turn.accepted)
        return turn.run

    async def add_message(self, body: Json) -> Json:
        """Add a message upstream and tell followers.

        Raises ThreadBusy and what the upstream raises.
        """
        await self.book.own()
        async with self._messages.turn():
            self._refuse_if_draining()
            if self.is_busy:
                raise ThreadBusy(f"a run is active or queued on thread {self.id}")
            return await self._messages.add(body)

    async def submit(self, run: Run, outputs: Sequence[Json]) -> Span | None:
        """The stream that the outputs began, None if it is not to be had.

        Raises Conflict, BadRequest and what the upstream raises; see `Handover.submit`.
        """
        await self.book.own()
        if self._driver is not None and self._driver.run.id == run.id:
            return await self._driver.submit(outputs)
        return answered(run, outputs)

    async def cancel(self, run: Run, *, queued: bool = False) -> None:
        """Stop a run, in progress or queued; with `queued` all others that wait too."""
        await self.book.own()
        # All are out of the queue before the first wait, so that none can start meanwhile.
        stopped = [turn for turn in self._queue if queued or turn.run.id == run.id]
        self._queue = [turn for turn in self._queue if turn not in stopped]
        for turn in stopped:
            await turn.set_status("cancelled")
        if self._driver is not None and self._driver.run.id == run.id:
            await self._driver.cancel()

    async def drain(self, grace_seconds: float) -> None:
        """No new runs; the one in progress gets some time, and then its terminal frame."""
        self.is_draining = True
        async with self._queueing:
            stopped, self._queue = self._queue, []
        # Those that outlive the process wait for the next one.
        for turn in () if self.book.is_durable else stopped:
            turn.run.last_error = error_of("relay_shutdown", "the relay stopped before its turn")
            await turn.set_status("failed")
        await asyncio.gather(
            *(stop(driver, task, grace_seconds) for task, driver in list(self._tasks))
        )

    def close(self) -> None:
        """Let all followers go once they have what is there."""
        if self._looking is not None:
            self._looking.end()
        self._messages.close()
        self.feed.close()

    def _refuse_if_draining(self) -> None:
        if self.is_draining:
            raise Draining("the relay is shutting down")

    async def _enqueue(self, turn: Turn, if_busy: str) -> None:
        if if_busy == "reject":
            raise ThreadBusy(f"a run is active or queued on thread {self.id}")
        is_first = if_busy == "interrupt"
        async with self._queueing:
            self._refuse_if_draining()
            if len(self._queue) >= self._settings.queue_max:
                raise QueueFull(f"{self._settings.queue_max} runs wait on thread {self.id} already")
            turn.run.rank = rank_in(self._queue, is_first=is_first)
            await turn.set_status("queued")
            self.book.remember(turn.run)
            self._queue.insert(0 if is_first else len(self._queue), turn)
            self._advance()
        if is_first and self._driver is not None and self._driver.run is not turn.run:
            await self._driver.cancel()

    def _advance(self) -> None:
        if self._queue and not self._is_running and not self.is_draining:
            self._begin(self._queue.pop(0))

    def _begin(self, turn: Turn) -> None:
        self.book.remember(turn.run)
        self._driver = Driver(turn)
        driven = asyncio.create_task(self._drive(self._driver)), self._driver
        self._tasks.append(driven)
        driven[0].add_done_callback(lambda _: self._tasks.remove(driven))

    def _lose(self) -> None:
        self.book.lose()
        lost, self._queue = self._queue, []
        for turn in lost:
            turn.refuse(ClaimLost(f"another relay has thread {self.id}"))

    async def _drive(self, driver: Driver) -> None:
        try:
            await driver.drive()
            if driver.is_lost:
                self._lose()
        finally:
            if self._driver is driver:
                self._driver = None
            if driver.run.start is None:
                self.book.forget(driver.run)
            async with self._queueing:
                self._advance()
