"""A thread as the relay knows it: its feed, its runs, and whose turn it is."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import Draining, NotFound, QueueFull, ThreadBusy
from ..feed import Feed
from ..frames import relay_frame
from ..logs import Store
from ..masking import Mask
from ..notes import noted, recalled
from ..recording import Recorder
from ..settings import Settings
from ..snapshot import Watch
from ..upstreams import Json, Upstream
from .driver import Driver
from .run import Run, Span, error_of
from .tool_outputs import answered
from .turn import Turn

# Runs that a thread that is never idle remembers; older ones are forgotten.
_MAX_RUNS = 1000

# What a run that has ended gets to write its recording.
_LEAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What `POST /threads/{t}/runs` asks for."""

    assistant_id: str
    additional_messages: Sequence[Json] = ()
    if_busy: str = "reject"
    metadata: Json | None = None
    # Whether to wait for the run's turn if it is queued.
    waits: bool = False


class Thread:
    """One run at a time; the others wait in a queue, which goes on whoever is watching."""

    def __init__(
        self, thread_id: str, store: Store, upstream: Upstream, settings: Settings
    ) -> None:
        self.id = thread_id
        self._store = store
        # What is trimmed has been seen before, so that a snapshot stays whole.
        self.feed = Feed(before_trim=self._see_up_to)
        self.watch = Watch(self.feed, self._recall)
        # What the upstream does not keep of messages.
        self._notes = store.notes("messages")
        # When somebody last asked for it, in monotonic seconds.
        self.last_used = time.monotonic()
        self._upstream = upstream
        self._settings = settings
        # By the relay's id, oldest first.
        self._runs: dict[str, Run] = {}
        self._driver: Driver | None = None
        # The drivers' tasks: of the run in progress, and of those that write their recordings.
        self._tasks: dict[asyncio.Task[None], Driver] = {}
        self._queue: deque[Turn] = deque()
        # So that the `queued` frame of a run stands before all its others.
        self._queueing = asyncio.Lock()
        # One message at a time, so that followers get them in the order of the thread.
        self._adding = asyncio.Lock()
        self.is_draining = False

    async def _see_up_to(self, position: int) -> None:
        await self.watch.see_up_to(position)

    async def open(self) -> None:
        """Before it is used.  Raises StoreFailed."""
        await self.feed.open(self._store, self.id)

    async def note(self) -> None:
        """Before it is forgotten: what only the relay knows of its messages."""
        if not self._upstream.keeps_runs and self.feed.log.last > self.feed.log.trimmed:
            await self._notes.put(self.id, noted(await self.watch.see()))

    async def _recall(self) -> Sequence[Json]:
        return recalled(await self._notes.read(self.id))

    @property
    def is_busy(self) -> bool:
        return self._is_running or bool(self._queue)

    @property
    def _is_running(self) -> bool:
        """A run that has ended may still be writing its recording: that is no reason to wait."""
        return self._driver is not None and not self._driver.run.is_terminal

    @property
    def active_run(self) -> Run | None:
        """The one in progress, once it has a frame."""
        return self._driver.run if self._driver and self._driver.run.start is not None else None

    def runs(self) -> list[Run]:
        """Newest first; a run that is about to start, or was refused, is none yet."""
        return [run for run in reversed(self._runs.values()) if run.start is not None]

    def run(self, run_id: str) -> Run:
        """By the relay's id or any of the upstream's.  Raises NotFound."""
        for run in self.runs():
            if run.is_called(run_id):
                return run
        raise NotFound(f"no run {run_id} on thread {self.id}", param="run_id")

    async def start(self, request: RunRequest) -> Run:
        """Start a run, or queue it.  Returns once the upstream has accepted it.

        Raises ThreadBusy, QueueFull, Draining, and what the upstream raises.
        """
        self._refuse_if_draining()
        turn = self._turn(request)
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
        async with self._adding:
            self._refuse_if_draining()
            if self.is_busy:
                raise ThreadBusy(f"a run is active or queued on thread {self.id}")
            message = await self._upstream.create_message(self.id, body)
            await self.feed.publish([relay_frame("relay.message", message)])
        return message

    async def submit(self, run: Run, outputs: Sequence[Json]) -> Span | None:
        """The stream that the outputs began, None if it is not to be had.

        Raises Conflict, BadRequest and what the upstream raises; see `Handover.submit`.
        """
        if self._driver is not None and self._driver.run is run:
            return await self._driver.submit(outputs)
        return answered(run, outputs)

    async def cancel(self, run: Run, *, queued: bool = False) -> None:
        """Stop a run, in progress or queued; with `queued` all others that wait too."""
        # All are out of the queue before the first wait, so that none can start meanwhile.
        stopped = [turn for turn in self._queue if queued or turn.run is run]
        self._queue = deque(turn for turn in self._queue if turn not in stopped)
        for turn in stopped:
            await turn.set_status("cancelled")
        if self._driver is not None and self._driver.run is run:
            await self._driver.cancel()

    async def drain(self, grace_seconds: float) -> None:
        """No new runs; the one in progress gets some time, and then its terminal frame."""
        self.is_draining = True
        async with self._queueing:
            stopped, self._queue = self._queue, deque()
        for turn in stopped:
            turn.run.last_error = error_of(
                "relay_shutdown", "the relay was stopped before its turn"
            )
            await turn.set_status("failed")
        await asyncio.gather(
            *(_end(driver, task, grace_seconds) for task, driver in list(self._tasks.items()))
        )

    def close(self) -> None:
        """Let all followers go once they have what is there."""
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
            self._remember(turn.run)
            await turn.set_status("queued")
            self._queue.insert(0 if is_first else len(self._queue), turn)
            self._advance()
        if is_first and self._driver is not None and self._driver.run is not turn.run:
            await self._driver.cancel()

    def _advance(self) -> None:
        if self._queue and not self._is_running and not self.is_draining:
            self._begin(self._queue.popleft())

    def _begin(self, turn: Turn) -> None:
        self._remember(turn.run)
        self._driver = Driver(turn)
        task = asyncio.create_task(self._drive(self._driver))
        self._tasks[task] = self._driver
        task.add_done_callback(self._tasks.pop)

    async def _drive(self, driver: Driver) -> None:
        try:
            await driver.drive()
        finally:
            if self._driver is driver:
                self._driver = None
            if driver.run.start is None:
                self._runs.pop(driver.run.id, None)
            async with self._queueing:
                self._advance()

    def _remember(self, run: Run) -> None:
        self._runs[run.id] = run
        while len(self._runs) > _MAX_RUNS:
            del self._runs[next(iter(self._runs))]

    def _turn(self, request: RunRequest) -> Turn:
        run = Run(thread_id=self.id, assistant_id=request.assistant_id, metadata=request.metadata)
        return Turn(
            run=run,
            feed=self.feed,
            upstream=self._upstream,
            dialect=self._upstream.dialect(run.assistant_id),
            settings=self._settings,
            see=self.watch.see,
            adding=self._adding,
            additional_messages=request.additional_messages,
            recorder=self._recorder(run),
        )

    def _recorder(self, run: Run) -> Recorder | None:
        if self._settings.record is None:
            return None
        about = {
            "upstream": self._settings.upstream,
            "thread_id": self.id,
            "assistant_id": run.assistant_id,
            "run_id": run.id,
        }
        return Recorder(self._settings.record, about, Mask(self._settings).masked)


async def _end(driver: Driver, task: asyncio.Task[None], grace_seconds: float) -> None:
    """Let a run end by itself, or else at once; its recording is written in any case."""
    await asyncio.wait([task], timeout=grace_seconds)
    if not driver.run.is_terminal:
        task.cancel()
    await asyncio.wait([task], timeout=_LEAVE_SECONDS)
