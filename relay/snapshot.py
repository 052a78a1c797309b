"""The snapshot of a thread: the upstream's list, with what the log knows better laid over it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reducer import EventReader, messages_of, reduce_runs, replay

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

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._reader = EventReader()
        self._position = feed.log.trimmed
        self._messages: Sequence[Message] = []
        self._runs: Sequence[Message] = []
        self._folding = asyncio.Lock()

    async def see(self) -> Seen:
        """Everything up to the feed's position, and the cursor of just that position."""
        async with self._folding:
            while self._position < self._feed.position:
                block = await self._feed.log.read(self._position)
                self._fold(block.data)
                self._position = block.last
                if self._position < self._feed.position:
                    # A long log must not hold up those who are sent tokens.
                    await asyncio.sleep(0)
            cursor = Cursor(self._feed.log.incarnation, self._position)
            return Seen(cursor, self._messages, self._runs)

    def _fold(self, data: bytes) -> None:
        events = self._reader.feed(data)
        self._messages = replay(events, self._messages)[:_MAX_MESSAGES]
        for event in events:
            self._runs = reduce_runs(self._runs, event)
        self._runs = self._runs[:_MAX_RUNS]


def lay_over(page: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """The newest page of a list object with the seen messages put in.

    Messages of unfinished runs replace the upstream's by id, and so does one of a finished run that
    the upstream still calls `in_progress`; all others are added where they are missing.
    """
    open_ids = {
        message["id"] for run in seen.unfinished() for message in messages_of(seen.messages, run)
    }
    messages = list(page["data"])
    # Where the last one was that has its place, counted from the oldest, so that putting in
    # newer ones does not move it.
    older: int | None = None
    for message in reversed(seen.messages):
        place = _index(messages, message["id"])
        if place is None:
            place = _place(messages, message, older, is_whole=not page.get("has_more"))
            if place is None:
                continue
            messages.insert(place, message)
        elif message["id"] in open_ids or messages[place].get("status") == "in_progress":
            messages[place] = message
        older = len(messages) - place
    ends = {"first_id": messages[0]["id"], "last_id": messages[-1]["id"]} if messages else {}
    return {**page, "data": messages, **ends}


def _index(messages: Sequence[Message], message_id: str) -> int | None:
    return next((n for n, message in enumerate(messages) if message["id"] == message_id), None)


def _place(
    messages: Sequence[Message], message: Message, older: int | None, *, is_whole: bool
) -> int | None:
    """Right above the next older one that was seen; else by time; None if it is beyond the page."""
    if older is not None:
        return len(messages) - older
    created_at = message.get("created_at") or 0
    for place, other in enumerate(messages):
        if (other.get("created_at") or 0) <= created_at:
            return place
    return len(messages) if is_whole else None
