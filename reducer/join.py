"""Fewer deltas that say the same.

Each text delta copies the list of messages and the text that is there so far.  When many in a row
are joined into one, that is done once, and the thread that comes of them is exactly the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias, TypeGuard

from .shape import is_object
from .text import joined
from .types import Event

# The id of a message, the index of one of its parts, and text to append there.
Piece: TypeAlias = tuple[str, int, str]

# The fields of a part that only brings text.
_PART: Final = ("index", "type", "text")


def join(events: Iterable[Event]) -> Iterator[Event]:
    """Join deltas in a row that only continue one text of one message."""
    pieces: list[Piece] = []
    for event in events:
        piece = _read(event)
        if pieces and (piece is None or piece[:2] != pieces[0][:2]):
            yield _delta(pieces)
            pieces = []
        if piece is None:
            yield event
        else:
            pieces.append(piece)
    if pieces:
        yield _delta(pieces)


def _read(event: Event) -> Piece | None:
    """The piece of text that a delta brings, if it brings nothing else."""
    data = event.get("data")
    if event.get("event") != "thread.message.delta" or not is_object(data):
        return None
    delta = data.get("delta")
    content = delta.get("content") if _has_fields(delta, 1) else None
    part = content[0] if isinstance(content, list) and len(content) == 1 else None
    if not _has_fields(part, len(_PART)) or part.get("type") != "text":
        return None
    text = part.get("text")
    value = text.get("value") if _has_fields(text, 1) else None
    message_id, index = data.get("id"), part.get("index")
    # type() and not isinstance(): True is an int too, and no index.
    if not isinstance(value, str) or not isinstance(message_id, str) or type(index) is not int:
        return None
    return message_id, index, value


def _has_fields(value: Any, count: int) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and len(value) == count


def _delta(pieces: list[Piece]) -> Event:
    message_id, index, _ = pieces[0]
    value = joined(text for _, _, text in pieces)
    part = {"index": index, "type": "text", "text": {"value": value}}
    return {
        "event": "thread.message.delta",
        "data": {"id": message_id, "delta": {"content": [part]}},
    }
