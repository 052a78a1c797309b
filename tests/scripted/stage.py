"""Plays runs at a pace, and holds them where a test wants it.

A run is played by a task of the server's own: it goes on when nobody listens, as OpenAI's do.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from .events import Event, Told

# Events per second: a number, each script's `own`, or None for as fast as it goes.
Rate: TypeAlias = float | Literal["own"] | None


class Played(Protocol):
    """A run, or a response: what the stage needs of it."""

    @property
    def id(self) -> str: ...

    @property
    def told(self) -> Told: ...

    @property
    def place(self) -> str | None:
        """The thread or conversation that it belongs to."""
        ...

    @property
    def rate(self) -> float:
        """Events per second at which it is pleasant to watch."""
        ...


Run = TypeVar("Run", bound=Played)
Watcher: TypeAlias = Callable[[Run, Event], None]


@dataclass
class Hold:
    """Stops runs after event `after` (1 is the first; 0 is before it), or after the first event
    of that name.  `thread_id` None means every run.
    """

    after: int | str
    thread_id: str | None = None
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self) -> None:
        """Wait until a run stands still here."""
        await self._reached.wait()

    def release(self) -> None:
        self.after = -1
        self._changed.set()

    def advance(self, events: int = 1) -> None:
        """Let that many events more pass, then hold again."""
        if isinstance(self.after, str):
            raise TypeError("this hold has a name and not a number")
        self.after += events
        self._reached.clear()
        self._changed.set()

    def stops(self, run: Played) -> bool:
        events = run.told.events
        if self.thread_id not in (None, run.place):
            return False
        if isinstance(self.after, str):
            return bool(events) and events[-1].name == self.after
        return len(events) == self.after

    async def wait(self, run: Played) -> None:
        while self.stops(run):
            self._changed.clear()
            self._reached.set()
            await self._changed.wait()


class Stage(Generic[Run]):
    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.holds: list[Hold] = []
        # Called after each event, when the state is as the event says.
        self.watchers: list[Watcher[Run]] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, run: Run, events: Iterator[Event]) -> None:
        """Play these events of the run: its first ones, or those after it has waited."""
        self._tasks[run.id] = asyncio.create_task(self._play(run, events))

    async def end(self, run: Run, events: Iterator[Event]) -> None:
        """Stop the run where it is.  How it ends is played at once, whatever is held."""
        task = self._tasks[run.id]
        task.cancel()
        await asyncio.wait([task])
        for event in events:
            self._show(run, event)
        run.told.close()

    async def finished(self, run: Run) -> None:
        """Wait until the run has ended or waits for outputs."""
        task = self._tasks[run.id]
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _play(self, run: Run, events: Iterator[Event]) -> None:
        while True:
            for hold in self.holds:
                await hold.wait(run)
            await self._pause(run)
            event = next(events, None)
            if event is None:
                return
            self._show(run, event)

    def _show(self, run: Run, event: Event) -> None:
        run.told.add(event)
        for watcher in self.watchers:
            watcher(run, event)

    async def _pause(self, run: Run) -> None:
        rate = run.rate if self.rate == "own" else self.rate
        # Flat out too, others get their turn between two events.
        await asyncio.sleep(1 / rate if rate else 0)
