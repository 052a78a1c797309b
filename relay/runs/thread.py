"""A thread as the relay knows it: its feed, its runs, and whose turn it is."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import Conflict, Draining, NotFound, QueueFull, ThreadBusy
from ..feed import Feed
from ..frames import relay_frame
from ..logs import Log
from ..recording import Recorder
from .driver import Driver, publish_status
from .run import Run, error_of
from .tool_outputs import call_ids
from ..settings import Settings
from ..snapshot import Watch
from ..upstreams import Json, Upstream

# Runs that a thread that is never idle remembers; older ones are forgotten.
_MAX_RUNS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What `POST /threads/{t}/runs` asks for."""

    assistant_id: str
    additional_messages: Sequence[Json] = ()
    if_busy: str = "reject"
    metadata: Json | None = None


@dataclass(slots=True)
class _Turn:
    run: Run
    additional_messages: Sequence[Json] = field(default_factory=tuple)


class Thread:
    """One run at a time; the others wait in a queue, which goes on whoever is watching."""

    def __init__(self, thread_id: str, log: Log, upstream: Upstream, settings: Settings) -> None:
        self.id = thread_id
        # What is trimmed has been seen before, so that a snapshot stays whole.
        self.feed = Feed(log, before_trim=lambda: self.watch.see())
        self.watch = Watch(self.feed)
        self._upstream = upstream
        self._settings = settings
        # By the relay's id, oldest first.
        self._runs: dict[str, Run] = {}
        self._driver: Driver | None = None
        self._task: asyncio.Task[None] | None = None
        self._queue: deque[_Turn] = deque()
        # So that the `queued` frame of a run stands before all its others.
        self._queueing = asyncio.Lock()
        self._is_draining = False

    @property
    def is_busy(self) -> bool:
        return self._driver is not None or bool(self._queue)

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
        run = Run(thread_id=self.id, assistant_id=request.assistant_id, metadata=request.metadata)
        turn = _Turn(run, request.additional_messages)
        if not self.is_busy:
            driver = self._begin(turn)
            await asyncio.shield(driver.accepted)
            return run
        await self._enqueue(turn, request.if_busy)
        return run

    async def add_message(self, body: Json) -> Json:
        """Add a message upstream and tell followers.  Raises ThreadBusy and what the upstream raises."""
        self._refuse_if_draining()
        if self.is_busy:
            raise ThreadBusy(f"a run is active or queued on thread {self.id}")
        message = await self._upstream.create_message(self.id, body)
        await self.feed.publish([relay_frame("relay.message", message)])
        return message

    async def submit(self, run: Run, outputs: Sequence[Json]) -> None:
        """Raises Conflict, BadRequest and what the upstream raises; see `Handover.submit`."""
        if self._driver is not None and self._driver.run is run:
            await self._driver.submit(outputs)
        elif call_ids(outputs) not in run.answered:
            raise Conflict(f"run {run.id} is not waiting for tool outputs")

    async def cancel(self, run: Run, *, queued: bool = False) -> None:
        """Stop a run, in progress or queued; with `queued` all others that wait too."""
        for turn in [turn for turn in self._queue if queued or turn.run is run]:
            self._queue.remove(turn)
            await publish_status(turn.run, self.feed, "cancelled")
            self.feed.release(turn.run.id)
        if self._driver is not None and self._driver.run is run:
            await self._driver.cancel()

    async def drain(self, grace_seconds: float) -> None:
        """No new runs; the one in progress gets some time, and then its terminal frame."""
        self._is_draining = True
        while self._queue:
            run = self._queue.popleft().run
            run.last_error = error_of("relay_shutdown", "the relay was stopped before its turn")
            await publish_status(run, self.feed, "failed")
        if self._task is not None:
            await asyncio.wait([self._task], timeout=grace_seconds)
            self._task.cancel()
            await asyncio.wait([self._task])
        self.feed.close()

    def _refuse_if_draining(self) -> None:
        if self._is_draining:
            raise Draining("the relay is shutting down")

    async def _enqueue(self, turn: _Turn, if_busy: str) -> None:
        if if_busy == "reject":
            raise ThreadBusy(f"a run is active or queued on thread {self.id}")
        if len(self._queue) >= self._settings.queue_max:
            raise QueueFull(f"{self._settings.queue_max} runs wait on thread {self.id} already")
        is_first = if_busy == "interrupt"
        async with self._queueing:
            self._remember(turn.run)
            await publish_status(turn.run, self.feed, "queued")
            self._queue.insert(0 if is_first else len(self._queue), turn)
            self._advance()
        if is_first and self._driver is not None and self._driver.run is not turn.run:
            await self._driver.cancel()

    def _advance(self) -> None:
        if self._queue and self._driver is None and not self._is_draining:
            self._begin(self._queue.popleft())

    def _begin(self, turn: _Turn) -> Driver:
        self._remember(turn.run)
        self._driver = Driver(
            turn.run,
            self.feed,
            self._upstream,
            self._settings,
            turn.additional_messages,
            self._recorder(turn.run),
        )
        self._task = asyncio.create_task(self._drive(self._driver))
        return self._driver

    async def _drive(self, driver: Driver) -> None:
        try:
            await driver.drive()
        finally:
            self._driver = self._task = None
            if driver.run.start is None:
                del self._runs[driver.run.id]
            async with self._queueing:
                self._advance()

    def _remember(self, run: Run) -> None:
        self._runs[run.id] = run
        while len(self._runs) > _MAX_RUNS:
            del self._runs[next(iter(self._runs))]

    def _recorder(self, run: Run) -> Recorder | None:
        if self._settings.record is None:
            return None
        return Recorder(self._settings.record, self._about(run))

    def _about(self, run: Run) -> Mapping[str, Any]:
        return {
            "upstream": self._settings.upstream,
            "thread_id": self.id,
            "assistant_id": run.assistant_id,
            "run_id": run.id,
            "started_at": run.created_at,
        }
