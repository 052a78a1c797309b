"""Plays runs at a pace, and holds them where a test wants it.

A run is played by a task of the server's own: it goes on when nobody listens, as OpenAI's do.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .acts import first_act, last_act, next_act
from .moves import Cancel, Expire
from .runs import Event, Run

# Events per second: a number, each script's `own`, or None for as fast as it goes.
Rate: TypeAlias = float | Literal["own"] | None

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

    def stops(self, run: Run) -> bool:
        if self.thread_id not in (None, run.thread.id):
            return False
        if isinstance(self.after, str):
            return bool(run.events) and run.events[-1].name == self.after
        return len(run.events) == self.after

    async def wait(self, run: Run) -> None:
        while self.stops(run):
            self._changed.clear()
            self._reached.set()
            await self._changed.wait()


class Stage:
    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.holds: list[Hold] = []
        # Called after each event, when the state is as the event says.
        self.watchers: list[Watcher] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, run: Run) -> None:
        self._tasks[run.id] = asyncio.create_task(self._play(run, first_act(run)))

    def go_on(self, run: Run) -> None:
        self._tasks[run.id] = asyncio.create_task(self._play(run, next_act(run)))

    async def cancel(self, run: Run) -> None:
        """Stop the run where it is.  How it ends is played at once, whatever is held."""
        await self._end(run, Cancel())

    async def expire(self, run: Run) -> None:
        await self._end(run, Expire())

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

    async def _end(self, run: Run, move: Cancel | Expire) -> None:
        task = self._tasks[run.id]
        task.cancel()
        await asyncio.wait([task])
        for event in last_act(run, move):
            self._show(run, event)

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
        run.emit(event)
        for watcher in self.watchers:
            watcher(run, event)

    async def _pause(self, run: Run) -> None:
        rate = run.script.rate if self.rate == "own" else self.rate
        # Flat out too, others get their turn between two events.
        await asyncio.sleep(1 / rate if rate else 0)
