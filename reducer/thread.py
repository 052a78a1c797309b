"""The list of messages, newest first, and how it changes."""

from collections.abc import Callable
from typing import Any

from .lists import mapped, replaced
from .message import close_message
from .run import ids_of, reason_for, upstream_ids_of
from .same import same
from .shape import has_id
from .types import Message, Thread


def put_message(thread: Thread, message: Any) -> Thread:
    """Replace the message of the same id, or put it first: newest comes first."""
    if not has_id(message):
        return thread
    place = place_of(thread, message["id"])
    if place is None:
        return [message, *thread]
    return thread if same(thread[place], message) else replaced(thread, place, message)


def update_message(thread: Thread, message_id: Any, change: Callable[[Message], Message]) -> Thread:
    """Change one message.  All others stay the very objects they were."""
    place = place_of(thread, message_id)
    return thread if place is None else replaced(thread, place, change(thread[place]))


def end_run(thread: Thread, run: Any, status: str) -> Thread:
    """Close the messages of a run that has ended with this status."""
    reason = reason_for(status, run)
    ids = ids_of(run)

    def close(message: Any) -> Any:
        return close_message(message, reason) if _is_written_by(ids, message) else message

    return mapped(thread, close)


def end_current_run(thread: Thread, run: Any) -> Thread:
    """Close the messages of the run that an error has ended."""
    if upstream_ids_of(run):
        return end_run(thread, run, "failed")

    # Without its upstream ids, the run is the one whose messages are in progress: a thread has
    # one run at a time.
    def close(message: Any) -> Any:
        in_progress = has_id(message) and message.get("status") == "in_progress"
        return close_message(message, reason_for("failed", run)) if in_progress else message

    return mapped(thread, close)


def messages_of(thread: Thread, run: Any) -> Thread:
    """The messages that a run wrote: their `run_id` is its id or any of its upstream ids."""
    ids = ids_of(run)
    return [message for message in thread if _is_written_by(ids, message)]


def place_of(thread: Thread, message_id: Any) -> int | None:
    """Where the message of this id is; most often it is the newest."""
    for place, message in enumerate(thread):
        if has_id(message) and message["id"] == message_id:
            return place
    return None


def _is_written_by(ids: list[str], message: Any) -> bool:
    return has_id(message) and message.get("run_id") in ids
