"""Writing a message, part by part, delta by delta."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ..events import Event
from ..messages import joined
from ..parts import Exactly, Json, Output, tokens
from .moves import Cite, Piece, Say, Text
from .response import Response, Slot
from .slots import about, added, done, new_slot


def say(response: Response, move: Say) -> Iterator[Event]:
    fields = {"status": "in_progress", "content": [], "role": "assistant"}
    phase = {"phase": move.phase} if move.phase else {}
    slot = new_slot(response, "message", {**fields, **phase})
    yield added(slot)
    for index, part in enumerate(move.parts):
        write = _write if isinstance(part, Text) else _refuse
        yield from write(slot, index, part, in_deltas=move.in_deltas)
    if move.end != "open":
        slot.item["status"] = move.end
        yield done(slot)


def _write(slot: Slot, index: int, text: Any, *, in_deltas: bool) -> Iterator[Event]:
    part: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    yield _part_added(slot, index, part)
    place = {"content_index": index}
    told: list[Json] = []
    for piece in chain.from_iterable(_cut(slot.response, piece) for piece in text.pieces):
        written = piece.marker if isinstance(piece, Cite) else piece
        part["text"] = joined(part["text"], written)
        weights = [_weight(written)] if text.is_weighed else []
        part["logprobs"].extend({**weight, "bytes": [*written.encode()]} for weight in weights)
        told += weights
        if in_deltas and written:
            fields = {**place, "delta": written, "logprobs": weights}
            yield about(slot, "output_text.delta", fields)
        if isinstance(piece, Cite):
            yield _annotated(slot, index, part, piece)
    yield about(slot, "output_text.done", {**place, "logprobs": told, "text": part["text"]})
    yield about(slot, "content_part.done", {**place, "part": part})


def _refuse(slot: Slot, index: int, refusal: Any, *, in_deltas: bool) -> Iterator[Event]:
    part: Json = {"type": "refusal", "refusal": ""}
    yield _part_added(slot, index, part)
    place = {"content_index": index}
    for token in tokens(refusal.text):
        part["refusal"] += token
        if in_deltas:
            yield about(slot, "refusal.delta", {**place, "delta": token})
    yield about(slot, "refusal.done", {**place, "refusal": part["refusal"]})
    yield about(slot, "content_part.done", {**place, "part": part})


def _weight(token: str) -> Json:
    """How likely it was, by the length of the token."""
    logprob = -0.123456 / len(token)
    return {"token": token, "logprob": logprob, "top_logprobs": []}


def _part_added(slot: Slot, index: int, part: Json) -> Event:
    slot.item["content"].append(part)
    return about(slot, "content_part.added", {"content_index": index, "part": part})


def _cut(response: Response, piece: Piece) -> list[str | Cite]:
    if isinstance(piece, Exactly):
        return [piece.text]
    if isinstance(piece, Output):
        return [*tokens(response.outputs[piece.call])]
    return [piece] if isinstance(piece, Cite) else [*tokens(piece)]


def _annotated(slot: Slot, index: int, part: Json, cite: Cite) -> Event:
    end = len(part["text"])
    place = (
        {"start_index": end - len(cite.marker), "end_index": end} if cite.span else {"index": end}
    )
    annotation = {**cite.annotation, **place}
    part["annotations"].append(annotation)
    number = {"annotation_index": len(part["annotations"]) - 1, "content_index": index}
    return about(slot, "output_text.annotation.added", {**number, "annotation": annotation})
