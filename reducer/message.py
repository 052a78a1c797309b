"""One message: how it grows, and how it ends."""

from typing import Any, Final

from .annotations import without_order
from .delta import each, fields, keep
from .lists import mapped, without_indexes
from .shape import is_object
from .text import append
from .types import Message

_PART: Final = fields(
    {
        "text": fields({"value": append, "annotations": each(fields({}))}),
        "refusal": append,
    }
)
# A message keeps the id that it was created with.
_MESSAGE: Final = fields({"id": keep, "content": each(_PART)})


def is_finished(message: Message) -> bool:
    """Whether no delta continues it."""
    return message.get("status") in ("completed", "incomplete")


def continue_message(message: Message, delta: Any) -> Message:
    """The message with what a delta adds."""
    continued: Message = _MESSAGE(message, delta)
    return continued


def with_content_of(there: Message, message: Message) -> Message:
    """The message, with the content of the one that is there if it brings none."""
    content = message.get("content")
    if "content" not in there or (isinstance(content, list) and content):
        return message
    return {**message, "content": there["content"]}


def finish_message(message: Message) -> Message:
    """The message as a list of messages has it: no part and no annotation with an `index`."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    # The index of a Responses annotation is a position in the text.
    finish = without_order if "response_id" in message else _with_plain_annotations
    parts = mapped(without_indexes(content), finish)
    return message if parts is content else {**message, "content": parts}


def close_message(message: Message, reason: str | None) -> Message:
    """The message when its run has ended: incomplete for a reason, or else completed."""
    if message.get("status") == "completed":
        return message
    if message.get("status") == "incomplete":
        return _with_reason(message, reason)
    if reason is None:
        return {**finish_message(message), "status": "completed"}
    return _with_reason({**finish_message(message), "status": "incomplete"}, reason)


def _with_reason(message: Message, reason: str | None) -> Message:
    details = message.get("incomplete_details")
    if reason is None or (is_object(details) and isinstance(details.get("reason"), str)):
        return message
    return {**message, "incomplete_details": {"reason": reason}}


def _with_plain_annotations(part: Any) -> Any:
    text = part.get("text") if is_object(part) else None
    if not is_object(text):
        return part
    annotations = without_indexes(text.get("annotations"))
    if annotations is text.get("annotations"):
        return part
    return {**part, "text": {**text, "annotations": annotations}}
