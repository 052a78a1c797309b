"""What the events of an Assistants stream do to the thread: `thread.message.*`, `thread.run.*`."""

from typing import Any, Final

from .error import error
from .message import (
    continue_message,
    finish_message,
    is_finished,
    with_content_of,
)
from .piece import piece_of, with_piece
from .shape import has_id
from .thread import end_run, place_of, put_message, update_message
from .types import Cases, Message, Thread


def message_created(thread: Thread, message: Any, _run: Any) -> Thread:
    """A new message goes first: the list runs from newest to oldest."""
    return put_message(thread, message)


def message_in_progress(thread: Thread, message: Any, _run: Any) -> Thread:
    """A message in progress may come without content: then what is there stays."""
    place = place_of(thread, message["id"]) if has_id(message) else None
    if place is None:
        return put_message(thread, message)
    return put_message(thread, with_content_of(thread[place], message))


def message_delta(thread: Thread, data: Any, _run: Any) -> Thread:
    """A delta continues the message that it names, unless that is finished."""
    if not has_id(data):
        return thread
    grown = with_piece(thread, data["id"], *piece_of(data.get("delta")))
    if grown is not None:
        return grown

    def change(message: Message) -> Message:
        return message if is_finished(message) else continue_message(message, data.get("delta"))

    return update_message(thread, data["id"], change)


def message_completed(thread: Thread, message: Any, _run: Any) -> Thread:
    """The finished message replaces what the deltas built up."""
    return put_message(thread, finish_message(message) if has_id(message) else message)


def message_incomplete(thread: Thread, message: Any, run: Any) -> Thread:
    """A message that was cut short is finished too."""
    return message_completed(thread, message, run)


def run_completed(thread: Thread, run: Any, _run: Any) -> Thread:
    """A completed run completes its messages."""
    return end_run(thread, run, "completed")


def run_incomplete(thread: Thread, run: Any, _run: Any) -> Thread:
    """A run that came to a limit leaves its open messages incomplete."""
    return end_run(thread, run, "incomplete")


def run_failed(thread: Thread, run: Any, _run: Any) -> Thread:
    """A run that failed leaves its open messages incomplete."""
    return end_run(thread, run, "failed")


def run_cancelled(thread: Thread, run: Any, _run: Any) -> Thread:
    """A run that was cancelled leaves its open messages incomplete."""
    return end_run(thread, run, "cancelled")


def run_expired(thread: Thread, run: Any, _run: Any) -> Thread:
    """A run that took too long leaves its open messages incomplete."""
    return end_run(thread, run, "expired")


ASSISTANTS: Final[Cases] = {
    "thread.message.created": message_created,
    "thread.message.in_progress": message_in_progress,
    "thread.message.delta": message_delta,
    "thread.message.completed": message_completed,
    "thread.message.incomplete": message_incomplete,
    "thread.run.completed": run_completed,
    "thread.run.incomplete": run_incomplete,
    "thread.run.failed": run_failed,
    "thread.run.cancelled": run_cancelled,
    "thread.run.expired": run_expired,
    "error": error,
}
