"""What whoever watched a thread has seen: its log, folded with the reducer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reducer import Event, EventReader, reduce_runs, replay

from .feed import Feed
from .logs import Cursor

Message: TypeAlias = Mapping[str, Any]

TERMINAL = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})

# What is remembered of a thread that is never idle; beyond that the upstream's list has it.
_MAX_MESSAGES = 1000
_MAX_RUNS = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What whoever watched the log from its start has seen at a cursor; lists newest first."""

    cursor: Cursor
    messages: Sequence[Message]
    runs: Sequence[Message]

    def unfinished(self) -> list[Message]:
        """The run in progress first, then the queued ones."""
        runs = [run for run in self.runs if run["status"] not in TERMINAL]
        return sorted(runs, key=lambda run: run["status"] == "queued")


class Watch:
    """Folds a thread's log with the reducer, each frame once, and only when somebody asks."""

    __slots__ = ("_before", "_feed", "_folding", "_messages", "_position", "_reader", "_runs")

    def __init__(self, feed: Feed, before: Callable[[], Awaitable[Sequence[Message]]]) -> None:
        """`before` tells the messages that were seen before the log begins, newest first."""
        self._feed = feed
        self._before = before
        # None until what was seen before has been told.
        self._reader: EventReader | None = None
        self._position = 0
        self._messages: Sequence[Message] = []
        self._runs: Sequence[Message] = []
        self._folding = asyncio.Lock()

    async def see(self) -> Seen:
        """Everything up to the feed's position, and the cursor of just that position."""
        await self.see_up_to(self._feed.position)
        while self._position < self._feed.position:
            await self.see_up_to(self._feed.position)
        cursor = Cursor(self._feed.log.incarnation, self._position)
        return Seen(cursor, self._messages, self._runs)

    async def see_up_to(self, position: int) -> None:
        """At least as far as that: what is about to be trimmed must have been seen."""
        async with self._folding:
            if self._reader is None:
                self._messages = await self._before()
                self._reader = EventReader()
                self._position = self._feed.log.trimmed
            while self._position < position:
                block = await self._feed.log.read(self._position)
                self._fold(self._reader.feed(block.data))
                # What another relay has trimmed before it was seen here, the upstream's list has.
                self._position = max(block.last, self._feed.log.trimmed)
                if self._position < position:
                    # A long log must not hold up those who are sent tokens.
                    await asyncio.sleep(0)

    def _fold(self, events: Sequence[Event]) -> None:
        self._messages = replay(events, self._messages)[:_MAX_MESSAGES]
        for event in events:
            self._runs = reduce_runs(self._runs, event)
        self._runs = self._runs[:_MAX_RUNS]
