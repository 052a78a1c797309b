"""Fewer deltas that say the same.

Every text delta copies the text that is there so far.  When many in a row are joined into one, that
copy is made once, and the thread that comes of them is exactly the same.
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from .text import append, starts_with_half
from .types import Event

# The id of a message and the index of one of its parts.
Target: TypeAlias = tuple[str, int]

# The fields of a delta's part that only brings text.
_PART: Final = ("index", "type", "text")


def join(events: Iterable[Event]) -> Iterator[Event]:
    """Join deltas in a row that only continue one text of one message."""
    target: Target | None = None
    pieces: list[str] = []
    for event in events:
        following, piece = _read(event)
        if target is not None and following != target:
            yield _delta(target, pieces)
            pieces = []
        target = following
        if target is None:
            yield event
        elif starts_with_half(piece) and pieces:
            pieces.append(append(pieces.pop(), piece))
        elif piece or not pieces:
            pieces.append(piece)
    if target is not None:
        yield _delta(target, pieces)


def _read(event: Event) -> tuple[Target | None, str]:
    """Which text of which message a delta continues, if it does nothing else; and with what."""
    data = event.get("data")
    if event.get("event") != "thread.message.delta" or not isinstance(data, dict):
        return None, ""
    delta = data.get("delta")
    content = delta.get("content") if isinstance(delta, dict) and len(delta) == 1 else None
    part = content[0] if isinstance(content, list) and len(content) == 1 else None
    if not isinstance(part, dict) or len(part) != len(_PART) or part.get("type") != "text":
        return None, ""
    text = part.get("text")
    value = text.get("value") if isinstance(text, dict) and len(text) == 1 else None
    message_id, index = data.get("id"), part.get("index")
    # type() and not isinstance(): True is an int too, and no index.
    if not isinstance(value, str) or not isinstance(message_id, str) or type(index) is not int:
        return None, ""
    return (message_id, index), value


def _delta(target: Target, pieces: list[str]) -> Event:
    message_id, index = target
    part = {"index": index, "type": "text", "text": {"value": "".join(pieces)}}
    return {
        "event": "thread.message.delta",
        "data": {"id": message_id, "delta": {"content": [part]}},
    }
