"""Fewer deltas that say the same.

Each text delta copies the list of messages and the text that is there so far.  When many in a row
are joined into one, that is done once, and the thread that comes of them is exactly the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from .piece import piece_of
from .shape import is_object
from .text import joined
from .types import Event

# The id of an item, its index, and the index of one of its parts.
Place: TypeAlias = tuple[str, int, int]
# An event that brings text, where that is to be appended, and the text.
Piece: TypeAlias = tuple[Event, Place, str]


def join(events: Iterable[Event]) -> Iterator[Event]:
    """Join deltas in a row that only continue one text of one message."""
    pieces: list[Piece] = []
    for event in events:
        piece = _read(event)
        if pieces and (piece is None or not _continues(pieces[0], piece)):
            yield _delta(pieces)
            pieces = []
        if piece is None:
            yield event
        else:
            pieces.append(piece)
    if pieces:
        yield _delta(pieces)


def _continues(first: Piece, piece: Piece) -> bool:
    (event, place, _), (there, place_there, _) = piece, first
    is_alike = event["event"] == there["event"] and place == place_there
    return is_alike and event.get("run") is there.get("run")


def _read(event: Event) -> Piece | None:
    """The piece of text that an event brings, if it brings nothing else."""
    name, data = event.get("event"), event.get("data")
    if not is_object(data):
        return None
    if name == "thread.message.delta":
        return _piece(event, data.get("id"), 0, *piece_of(data.get("delta")))
    if name == "response.output_text.delta":
        index, text = data.get("content_index"), data.get("delta")
        return _piece(event, data.get("item_id"), data.get("output_index"), index, text)
    return None


def _piece(event: Event, item_id: Any, output_index: Any, index: Any, text: Any) -> Piece | None:
    # type() and not isinstance(): True is an int too, and no index.
    if type(index) is not int or type(output_index) is not int:
        return None
    if not isinstance(item_id, str) or not isinstance(text, str):
        return None
    return event, (item_id, output_index, index), text


def _delta(pieces: list[Piece]) -> Event:
    event, (item_id, _, index), _ = pieces[0]
    text = joined(text for _, _, text in pieces)
    if event["event"] == "response.output_text.delta":
        return {**event, "data": {**event["data"], "delta": text}}
    part = {"index": index, "type": "text", "text": {"value": text}}
    return {**event, "data": {"id": item_id, "delta": {"content": [part]}}}
