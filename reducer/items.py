"""From the items of a conversation to a thread.

A conversation keeps neither who wrote an item nor when, and it may lack what a run wrote that did
not complete.  The output of the runs tells both.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from .item import done, message_of, origin_of, settled
from .message import close_message
from .part import attachments_in
from .run import has_ended, list_of, reason_for
from .shape import has_id, is_object
from .types import Json, Message, Run, Runs, Thread

# A run, and the messages that its output makes, oldest first.
Work: TypeAlias = tuple[Run, Sequence[Message]]


def thread_from_items(items: Sequence[Any], runs: Runs = ()) -> Thread:
    """The messages that items are; all lists go from newest to oldest."""
    works = [(run, _written_by(run)) for run in runs if has_id(run)]
    known = {message["id"]: (run, message) for run, messages in works for message in messages}
    thread_ids = [run["thread_id"] for run, _ in works if isinstance(run.get("thread_id"), str)]
    facts = {"thread_id": thread_ids[0] if thread_ids else None}
    told = [
        _settled(known[item["id"]], item) if item["id"] in known else _message(item, facts)
        for item in items
        if has_id(item)
    ]
    thread: Thread = [message for message in told if message is not None]
    for place in reversed(range(len(works))):
        thread = _with_missing(thread, works[place], {run["id"] for run, _ in works[:place]})
    return thread


def _written_by(run: Run) -> Sequence[Message]:
    written = []
    for entry in list_of(run, "output"):
        told = entry if is_object(entry) else {}
        origin = origin_of(run, told.get("output_index"))
        message = _listed(told.get("item"), {**origin, "response_id": told.get("response_id")})
        written += [] if message is None else [message]
    return written


def _listed(item: Any, origin: Json) -> Message | None:
    """A message that says nothing of being in progress is done."""
    message = message_of(item, origin)
    is_open = is_object(item) and item.get("status") == "in_progress"
    return message if message is None or is_open else done(message)


def _settled(work: tuple[Run, Message], item: Json) -> Message | None:
    """A message whose run is known, as its run's end left it."""
    run, there = work
    told = _listed(item, origin_of(None, None))
    return told and _closed(run, settled(there, told))


def _closed(run: Run, message: Message) -> Message:
    is_over = has_ended(run)
    return close_message(message, reason_for(run["status"], run)) if is_over else message


def _message(item: Json, facts: Json) -> Message | None:
    """A message of which nothing is known but what its item says."""
    told = {name: item[name] for name in ("created_at", "thread_id") if item.get(name) is not None}
    if item.get("role") != "user":
        return _listed(item, {**origin_of(None, None), **facts, **told})
    origin = {"created_at": None, **facts, **told, "assistant_id": None, "run_id": None}
    message = message_of(item, origin)
    metadata = item.get("metadata")
    return message and {
        **done(message),
        "attachments": attachments_in(item.get("content")),
        "metadata": metadata if is_object(metadata) else {},
    }


def _with_missing(thread: Thread, work: Work, newer: set[str]) -> Thread:
    """The thread with what a run wrote, if it did not complete and so is not kept."""
    run, written = work
    ids = {message["id"] for message in thread}
    missing = [one for one in written if one["content"] and one["id"] not in ids]
    if run.get("status") == "completed" or not missing:
        return thread
    order = {message["id"]: number for number, message in enumerate(written)}
    own = [message for message in thread if message["id"] in order]
    others = [message for message in thread if message["id"] not in order]
    places = (n for n, message in enumerate(thread) if message["id"] in order)
    place = next(places) if own else _place_for(thread, newer)
    block = [*own, *(_closed(run, message) for message in missing)]
    block.sort(key=lambda message: order[message["id"]], reverse=True)
    return [*others[:place], *block, *others[place:]]


def _place_for(thread: Thread, newer: set[str]) -> int:
    """Below the messages of newer runs, and above the message that its run answered: that is the
    first one after the run before.
    """
    newest = [n for n, message in enumerate(thread) if message.get("run_id") in newer]
    start = newest[-1] + 1 if newest else 0
    older = [n for n in range(start, len(thread)) if thread[n].get("role") == "assistant"]
    end = older[0] if older else len(thread)
    return end - 1 if end > start else end
