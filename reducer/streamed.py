"""A message of a response while it is streamed: how its parts come and grow."""

from typing import Any, Final

from .annotations import with_annotation
from .delta import each, fields, fill
from .lists import with_index
from .message import continue_message
from .part import part_of, refusal_part, text_part
from .shape import is_object
from .types import Json, Message

_TEXT: Final = fields({"value": fill, "annotations": fill})


def _tell_text(old: Any, new: Any) -> Any:
    # In a part that a message has no word for, it may be just text.
    return _TEXT(old, new) if is_object(new) else fill(old, new)


_TOLD: Final = fields({"content": each(fields({"text": _tell_text, "refusal": fill}))})


def append_text(message: Message, index: Any, text: str) -> Message:
    """The message with more text in the part of this index."""
    return continue_message(message, {"content": [with_index(text_part(text), index)]})


def append_refusal(message: Message, index: Any, refusal: str) -> Message:
    """The message with more refusal in the part of this index."""
    return continue_message(message, {"content": [with_index(refusal_part(refusal), index)]})


def tell_part(message: Message, index: Any, part: Json) -> Message:
    """The message with a part that is told as a whole; where it is empty, what is there stays."""
    told: Message = _TOLD(message, {"content": [with_index(part_of(part), index)]})
    return told


def annotate(message: Message, index: Any, place: Any, annotation: Json) -> Message:
    """The message with an annotation in the part of this index."""

    def put(there: Any, told: Json) -> Json:
        return with_annotation(there if is_object(there) else told, place, annotation)

    annotated: Message = fields({"content": each(put)})(
        message, {"content": [with_index(text_part(""), index)]}
    )
    return annotated
