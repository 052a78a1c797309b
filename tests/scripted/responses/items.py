"""Making the items of an output, one event at a time.

Each function changes the item first and makes the event from it.
"""

import copy
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

from ..events import Event
from ..messages import joined
from ..parts import Exactly, Json, Output, tokens
from .moves import Cite, Piece, Say, Spell, Tell, Text, Together, Use
from .response import Response, Slot

# What ids of items begin with.
PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "function_call_output": "fco",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco",
    "mcp_list_tools": "mcpl",
    "mcp_call": "mcp",
    "mcp_approval_request": "mcpr",
    "mcp_approval_response": "mcpa",
    "code_interpreter_call": "ci",
    "file_search_call": "fs",
    "web_search_call": "ws",
    "image_generation_call": "ig",
    "shell_call": "sh",
    "shell_call_output": "sho",
    "local_shell_call": "lsh",
    "local_shell_call_output": "lsho",
    "apply_patch_call": "apc",
    "apply_patch_call_output": "apco",
    "computer_call": "cu",
    "computer_call_output": "cuo",
    "compaction": "cmp",
    "tool_search_call": "tsc",
    "tool_search_output": "tso",
}


def prefix(kind: str) -> str:
    return PREFIXES.get(kind, "item")


def say(response: Response, move: Say) -> Iterator[Event]:
    fields = {"status": "in_progress", "content": [], "role": "assistant"}
    phase = {"phase": move.phase} if move.phase else {}
    slot = _new_slot(response, "message", {**fields, **phase})
    yield _added(slot)
    for index, part in enumerate(move.parts):
        write = _write if isinstance(part, Text) else _refuse
        yield from write(slot, index, part, in_deltas=move.in_deltas)
    if move.end != "open":
        slot.item["status"] = move.end
        yield _done(slot)


def use(response: Response, move: Use) -> Iterator[Event]:
    slot = _new_slot(response, move.type, {**move.begin, **_call_id(response, move)})
    yield _added(slot)
    for step in move.steps:
        yield from _tell(slot, step) if isinstance(step, Tell) else _spell(slot, step)
    if move.is_done:
        slot.item.update(copy.deepcopy(move.end))
        yield _done(slot)


def together(response: Response, move: Together) -> Iterator[Event]:
    rows = [
        say(response, item) if isinstance(item, Say) else use(response, item) for item in move.moves
    ]
    return (event for events in zip_longest(*rows) for event in events if event)


def _call_id(response: Response, move: Use) -> Json:
    if move.call == "none":
        return {}
    if move.call == "asks":
        response.last_call_id = response.ids.new("call")
    return {"call_id": response.last_call_id}


def _new_slot(response: Response, kind: str, fields: Json) -> Slot:
    item = {"id": response.ids.new(prefix(kind)), "type": kind, **copy.deepcopy(fields)}
    slot = Slot(
        index=len(response.slots), item=item, response=response, created_at=response.created_at
    )
    response.slots.append(slot)
    if response.conversation:
        response.conversation.seen.append(slot)
    return slot


def _added(slot: Slot) -> Event:
    item = {"item": copy.deepcopy(slot.item), "output_index": slot.index}
    return Event("response.output_item.added", item)


def _done(slot: Slot) -> Event:
    item = {"item": copy.deepcopy(slot.item), "output_index": slot.index}
    return Event("response.output_item.done", item)


def _about(slot: Slot, name: str, fields: Json) -> Event:
    place = {"item_id": slot.item["id"], "output_index": slot.index}
    return Event(f"response.{name}", {**place, **copy.deepcopy(fields)})


def _tell(slot: Slot, step: Tell) -> Iterator[Event]:
    slot.item.update(copy.deepcopy(step.sets))
    yield _about(slot, step.event, step.fields)


def _spell(slot: Slot, step: Spell) -> Iterator[Event]:
    *way, last = step.path
    holder: Any = slot.item
    for key in way:
        holder = holder[key]
    for token in tokens(step.text) if step.in_deltas else ():
        holder[last] = joined(holder[last] or "", token)
        yield _spelt(slot, step, "delta", {"delta": token})
    holder[last] = step.text
    yield _spelt(slot, step, "done", {step.name: step.text})


def _spelt(slot: Slot, step: Spell, end: str, fields: Json) -> Event:
    event = _about(slot, f"{step.event}.{end}", {**step.fields, **fields})
    if not step.names_item:
        del event.data["item_id"]
    return event


def _write(slot: Slot, index: int, text: Any, *, in_deltas: bool) -> Iterator[Event]:
    part: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    yield _part_added(slot, index, part)
    place = {"content_index": index}
    for piece in chain.from_iterable(_cut(slot.response, piece) for piece in text.pieces):
        written = piece.marker if isinstance(piece, Cite) else piece
        part["text"] = joined(part["text"], written)
        if in_deltas and written:
            fields = {**place, "delta": written, "logprobs": []}
            yield _about(slot, "output_text.delta", fields)
        if isinstance(piece, Cite):
            yield _annotated(slot, index, part, piece)
    yield _about(slot, "output_text.done", {**place, "logprobs": [], "text": part["text"]})
    yield _about(slot, "content_part.done", {**place, "part": part})


def _refuse(slot: Slot, index: int, refusal: Any, *, in_deltas: bool) -> Iterator[Event]:
    part: Json = {"type": "refusal", "refusal": ""}
    yield _part_added(slot, index, part)
    place = {"content_index": index}
    for token in tokens(refusal.text):
        part["refusal"] += token
        if in_deltas:
            yield _about(slot, "refusal.delta", {**place, "delta": token})
    yield _about(slot, "refusal.done", {**place, "refusal": part["refusal"]})
    yield _about(slot, "content_part.done", {**place, "part": part})


def _part_added(slot: Slot, index: int, part: Json) -> Event:
    slot.item["content"].append(part)
    return _about(slot, "content_part.added", {"content_index": index, "part": part})


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
    return _about(slot, "output_text.annotation.added", {**number, "annotation": annotation})
