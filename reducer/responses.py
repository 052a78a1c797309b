"""What the events of a Responses stream do to the thread: `response.*`."""

from collections.abc import Callable
from typing import Any, Final

from .answer import close_output, lay_output, put_output, settle_output, update_output
from .delta import is_index
from .error import error
from .item import done, is_message, message_of, origin_of
from .piece import with_piece
from .response import as_run, response_id_of, response_in, status_of
from .run import reason_for
from .shape import has_id, is_object
from .streamed import annotate, append_refusal, append_text, tell_part
from .types import Cases, Json, Message, Thread


def output_item_added(thread: Thread, data: Any, run: Any) -> Thread:
    """A new message is in progress, whatever its item says."""
    message = _message_in(data, run)
    if message is None or not is_message(data["item"]):
        return thread
    return put_output(thread, {**message, "status": "in_progress"})


def output_item_done(thread: Thread, data: Any, run: Any) -> Thread:
    """The finished item replaces what the deltas built up; an image is there only now."""
    message = _message_in(data, run)
    return thread if message is None else settle_output(thread, done(message))


def content_part_added(thread: Thread, data: Any, run: Any) -> Thread:
    """A new part comes whole, though most often empty."""
    part = _told(data, "part")
    if not is_object(part):
        return thread
    return _update(thread, data, run, lambda one: tell_part(one, data.get("content_index"), part))


def content_part_done(thread: Thread, data: Any, run: Any) -> Thread:
    """The finished part replaces what the deltas built up."""
    return content_part_added(thread, data, run)


def output_text_delta(thread: Thread, data: Any, run: Any) -> Thread:
    """Text continues the part that it names."""
    text = _told(data, "delta")
    if not isinstance(text, str):
        return thread
    item_id, index = data.get("item_id"), data.get("content_index")
    grown = with_piece(thread, item_id, index, text) if isinstance(item_id, str) else None
    if grown is not None:
        return grown
    return _update(thread, data, run, lambda one: append_text(one, index, text))


def output_text_done(thread: Thread, data: Any, run: Any) -> Thread:
    """The finished text replaces what the deltas built up."""
    text = _told(data, "text")
    if not isinstance(text, str):
        return thread
    part = {"type": "output_text", "text": text}
    return _update(thread, data, run, lambda one: tell_part(one, data.get("content_index"), part))


def annotation_added(thread: Thread, data: Any, run: Any) -> Thread:
    """An annotation goes by its `annotation_index`: its own index is a position in the text."""
    annotation = _told(data, "annotation")
    if not is_object(annotation):
        return thread
    part, place = data.get("content_index"), data.get("annotation_index")
    return _update(thread, data, run, lambda one: annotate(one, part, place, annotation))


def refusal_delta(thread: Thread, data: Any, run: Any) -> Thread:
    """A refusal continues the part that it names."""
    text = _told(data, "delta")
    if not isinstance(text, str):
        return thread
    return _update(
        thread, data, run, lambda one: append_refusal(one, data.get("content_index"), text)
    )


def refusal_done(thread: Thread, data: Any, run: Any) -> Thread:
    """The finished refusal replaces what the deltas built up."""
    refusal = _told(data, "refusal")
    if not isinstance(refusal, str):
        return thread
    part = {"type": "refusal", "refusal": refusal}
    return _update(thread, data, run, lambda one: tell_part(one, data.get("content_index"), part))


def response_completed(thread: Thread, data: Any, run: Any) -> Thread:
    """A completed response completes its messages; the run may go on with the next response."""
    return _end(thread, data, run, "completed")


def response_incomplete(thread: Thread, data: Any, run: Any) -> Thread:
    """A response that came to a limit leaves its open messages incomplete."""
    return _end(thread, data, run, "incomplete")


def response_failed(thread: Thread, data: Any, run: Any) -> Thread:
    """A response that failed leaves its open messages incomplete."""
    return _end(thread, data, run, "failed")


def response_cancelled(thread: Thread, data: Any, run: Any) -> Thread:
    """A response that was cancelled leaves its open messages incomplete."""
    return _end(thread, data, run, "cancelled")


def _told(data: Any, name: str) -> Any:
    return data.get(name) if is_object(data) else None


def _message_in(data: Any, run: Any) -> Message | None:
    if not is_object(data):
        return None
    return message_of(data.get("item"), origin_of(run, data.get("output_index")))


def _update(thread: Thread, data: Json, run: Any, change: Callable[[Message], Message]) -> Thread:
    is_known, index = has_id(run), data.get("output_index")
    named = {
        "id": data.get("item_id"),
        "run_id": run["id"] if is_known else None,
        "response_id": response_id_of(run) if is_known else None,
        "output_index": index if is_index(index) else None,
    }
    return update_output(thread, named, change)


def _end(thread: Thread, data: Any, run: Any, word: str) -> Thread:
    response = response_in(data)
    status = status_of(response, word)
    # Where no run is known, the response is the run.
    writer = as_run(response, status) if not has_id(run) and has_id(response) else run
    if not has_id(writer):
        return thread
    output = response.get("output")
    laid = lay_output(thread, writer, output) if isinstance(output, list) else thread
    return close_output(laid, writer, reason_for(status, response))


RESPONSES: Final[Cases] = {
    "response.output_item.added": output_item_added,
    "response.output_item.done": output_item_done,
    "response.content_part.added": content_part_added,
    "response.content_part.done": content_part_done,
    "response.output_text.delta": output_text_delta,
    "response.output_text.done": output_text_done,
    "response.output_text.annotation.added": annotation_added,
    "response.refusal.delta": refusal_delta,
    "response.refusal.done": refusal_done,
    "response.completed": response_completed,
    "response.incomplete": response_incomplete,
    "response.failed": response_failed,
    "response.cancelled": response_cancelled,
    "error": error,
}
