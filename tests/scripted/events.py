"""What was sent, kept so that it can be followed and sent again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """`is_last` says that the stream ends after it."""

    name: str
    data: Any
    is_last: bool = False


@dataclass(slots=True)
class Told:
    """The events of one run, for any number of followers."""

    events: list[Event] = field(default_factory=list)
    is_closed: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, event: Event) -> None:
        self.events.append(event)
        self._wake()

    def close(self) -> None:
        """Nothing comes any more, though nobody was told."""
        self.is_closed = True
        self._wake()

    async def follow(self, position: int) -> AsyncIterator[Event]:
        """The events of one stream, from a position to the event that ends it."""
        while True:
            while position >= len(self.events):
                if self.is_closed:
                    return
                await self._changed.wait()
            event = self.events[position]
            position += 1
            yield event
            if event.is_last:
                return

    def _wake(self) -> None:
        # A fresh event for the next change, so that no follower can miss one.
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
