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
        while self._position < self._feed.position:
            await self.see_up_to(self._feed.position)
        cursor = Cursor(self._feed.log.incarnation, self._position)
        return Seen(cursor, self._messages, self._runs)

    async def see_up_to(self, position: int) -> None:
        """At least as far as that: what is about to be trimmed must have been seen."""
        async with self._folding:
            while self._position < position:
                block = await self._feed.log.read(self._position)
                self._fold(block.data)
                self._position = block.last
                if self._position < position:
                    # A long log must not hold up those who are sent tokens.
                    await asyncio.sleep(0)

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
    listed = [message for message in page["data"] if isinstance(message, dict)]
    messages = _replaced(listed, seen)
    ids = {message.get("id") for message in messages}
    known = [n for n, message in enumerate(seen.messages) if message["id"] in ids]
    is_whole = not page.get("has_more")
    if known:
        _add_older(
            messages, seen.messages[known[-1]], seen.messages[known[-1] + 1 :], is_whole=is_whole
        )
        _add_between(messages, seen.messages[: known[-1] + 1])
    else:
        _add_by_time(messages, seen.messages, is_whole=is_whole)
    ends = {"first_id": messages[0]["id"], "last_id": messages[-1]["id"]} if messages else {}
    return {**page, "data": messages, **ends}


def _replaced(listed: Sequence[Message], seen: Seen) -> list[Message]:
    by_id = {message["id"]: message for message in seen.messages}
    unfinished = seen.unfinished()
    is_open = {message["id"] for run in unfinished for message in messages_of(seen.messages, run)}
    return [
        by_id[message["id"]]
        if message.get("id") in by_id
        and (message["id"] in is_open or message.get("status") == "in_progress")
        else message
        for message in listed
    ]


def _add_older(
    messages: list[Message], oldest: Message, older: Sequence[Message], *, is_whole: bool
) -> None:
    """Seen messages older than all that are listed: right below, unless that is the next page."""
    below = _index(messages, oldest["id"]) + 1
    if is_whole or below < len(messages):
        messages[below:below] = older


def _add_between(messages: list[Message], seen: Sequence[Message]) -> None:
    """Right above the next older one; the oldest of them is listed."""
    place = 0
    ids = {message.get("id") for message in messages}
    for message in reversed(seen):
        if message["id"] in ids:
            place = _index(messages, message["id"])
        else:
            messages.insert(place, message)


def _add_by_time(messages: list[Message], seen: Sequence[Message], *, is_whole: bool) -> None:
    """None is listed: the oldest goes where its time says, the others above it."""
    last = -1 if is_whole or not messages else _time(messages[-1])
    fresh = [message for message in seen if _time(message) > last]
    if fresh:
        time = _time(fresh[-1])
        older = (n for n, message in enumerate(messages) if _time(message) <= time)
        place = next(older, len(messages))
        messages[place:place] = fresh


def _index(messages: Sequence[Message], message_id: str) -> int:
    return next(n for n, message in enumerate(messages) if message.get("id") == message_id)


def _time(message: Message) -> float:
    time = message.get("created_at")
    return time if isinstance(time, int | float) else 0
