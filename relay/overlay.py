"""The snapshot of a thread: the upstream's list, with what the log knows better laid over it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reducer import messages_of

from .notes import is_stub, kept_upstream
from .snapshot import Message, Seen


def lay_over(
    page: Mapping[str, Any], seen: Seen, *, keeps_runs: bool = True, is_newest: bool = True
) -> dict[str, Any]:
    """A page of a list object, newest first, with the seen messages put in.

    Messages of unfinished runs replace the upstream's by id, and so does one of a finished run that
    the upstream still calls `in_progress`; all others are added where they are missing.  Where the
    upstream does not keep runs, all that was seen is known better.  On a page that is not the
    newest one, none is added above those that are there.
    """
    listed = [message for message in page["data"] if isinstance(message, dict)]
    messages = _replaced(listed, seen) if keeps_runs else _told(listed, seen)
    ids = {message.get("id") for message in messages}
    known = [n for n, message in enumerate(seen.messages) if message["id"] in ids]
    is_whole = not page.get("has_more")
    if known:
        first, last = 0 if is_newest else known[0], known[-1]
        _add_older(messages, seen, last + 1, is_whole=is_whole)
        _add_between(messages, seen.messages[first : last + 1])
    elif is_newest:
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


def _told(listed: Sequence[Message], seen: Seen) -> list[Message]:
    """Each as it was seen; the content is the listed one where that was not noted."""
    by_id = {message["id"]: message for message in seen.messages}
    ids = {message.get("id") for message in listed}
    unlisted = [message for message in _whole(seen.messages) if message["id"] not in ids]
    return [
        {**message, **(by_id.get(str(message.get("id"))) or _renamed(message, unlisted))}
        for message in listed
    ]


def _renamed(message: Message, unlisted: list[Message]) -> Message:
    """The seen message that a server calls by another name in its list; empty if there is none."""
    for place, other in enumerate(unlisted):
        if message.get("run_id") is None and _same(message, other):
            return unlisted.pop(place)
    return {}


def _same(message: Message, other: Message) -> bool:
    return all(message.get(name) == other.get(name) for name in ("role", "content"))


def _add_older(messages: list[Message], seen: Seen, start: int, *, is_whole: bool) -> None:
    """Seen messages older than all that are listed: right below, unless that is the next page.

    So it is where the upstream has any of them: they stand around that one, further down.
    """
    older = seen.messages[start:]
    below = _index(messages, seen.messages[start - 1]["id"]) + 1
    is_here = below < len(messages) and not any(map(kept_upstream(seen), older))
    if is_whole or is_here:
        messages[below:below] = _whole(older)


def _add_between(messages: list[Message], seen: Sequence[Message]) -> None:
    """Right above the next older one; the oldest of them is listed."""
    place = 0
    ids = {message.get("id") for message in messages}
    for message in reversed(seen):
        if message["id"] in ids:
            place = _index(messages, message["id"])
        elif not is_stub(message):
            messages.insert(place, message)


def _add_by_time(messages: list[Message], seen: Sequence[Message], *, is_whole: bool) -> None:
    """None is listed: the oldest goes where its time says, the others above it."""
    last = -1 if is_whole or not messages else _time(messages[-1])
    fresh = [message for message in _whole(seen) if _time(message) > last]
    if fresh:
        time = _time(fresh[-1])
        older = (n for n, message in enumerate(messages) if _time(message) <= time)
        place = next(older, len(messages))
        messages[place:place] = fresh


def _whole(messages: Sequence[Message]) -> list[Message]:
    return [message for message in messages if not is_stub(message)]


def _index(messages: Sequence[Message], message_id: str) -> int:
    return next(n for n, message in enumerate(messages) if message.get("id") == message_id)


def _time(message: Message) -> float:
    time = message.get("created_at")
    return time if isinstance(time, int | float) else 0
