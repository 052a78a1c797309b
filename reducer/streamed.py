"""A message of a response while it is streamed: how its parts come and grow."""

from typing import Any, Final

from .annotations import with_annotation
from .delta import each, fields, fill, unless_null
from .lists import with_index
from .part import part_of, text_part
from .shape import is_object
from .text import append
from .types import Json, Message

_VALUE: Final = fields({"value": append})
_TEXT: Final = fields({"value": fill, "annotations": fill})


def _appended_text(old: Any, new: Any) -> Any:
    return _VALUE(old if is_object(old) else {"value": "", "annotations": []}, new)


def _told_text(old: Any, new: Any) -> Any:
    # In a part that a message has no word for, it may be just text.
    return _TEXT(old, new) if is_object(new) else fill(old, new)


# A part of no index has its position.
_APPEND: Final = fields(
    {"content": each(fields({"index": unless_null, "text": _appended_text, "refusal": append}))}
)
_TELL: Final = fields(
    {"content": each(fields({"index": unless_null, "text": _told_text, "refusal": fill}))}
)


def append_text(message: Message, index: Any, text: str) -> Message:
    """The message with more text in the part of this index."""
    part = {"index": index, "type": "text", "text": {"value": text}}
    grown: Message = _APPEND(message, {"content": [part]})
    return grown


def append_refusal(message: Message, index: Any, refusal: str) -> Message:
    """The message with more refusal in the part of this index."""
    part = {"index": index, "type": "refusal", "refusal": refusal}
    grown: Message = _APPEND(message, {"content": [part]})
    return grown


def tell_part(message: Message, index: Any, part: Json) -> Message:
    """The message with a part that is told as a whole; where it is empty, what is there stays."""
    told: Message = _TELL(message, {"content": [{**part_of(part), "index": index}]})
    return told


def annotate(message: Message, index: Any, place: Any, annotation: Json) -> Message:
    """The message with an annotation in the part of this index."""

    def put(there: Any, told: Json) -> Json:
        return with_annotation(there if is_object(there) else told, place, annotation)

    annotated: Message = fields({"content": each(put)})(
        message, {"content": [with_index(text_part(""), index)]}
    )
    return annotated
