"""Making an item that is no message.

It is changed first, and the event is made from that.
"""

import copy
from collections.abc import Iterator
from typing import Any

from ..events import Event
from ..messages import joined
from ..parts import Json, tokens
from .moves import Spell, Tell, Use
from .response import Response, Slot
from .slots import about, added, done, new_slot


def use(response: Response, move: Use) -> Iterator[Event]:
    slot = new_slot(response, move.type, {**move.begin, **_call_id(response, move)})
    yield added(slot)
    for step in move.steps:
        yield from _tell(slot, step) if isinstance(step, Tell) else _spell(slot, step)
    if move.is_done:
        slot.item.update(copy.deepcopy(move.end))
        yield done(slot)


def _call_id(response: Response, move: Use) -> Json:
    if move.call == "none":
        return {}
    if move.call == "approved":
        return {"approval_request_id": response.last_call_id}
    if move.call == "asks":
        response.last_call_id = response.ids.new("call")
    return {"call_id": response.last_call_id}


def _tell(slot: Slot, step: Tell) -> Iterator[Event]:
    slot.item.update(copy.deepcopy(step.sets))
    yield about(slot, step.event, step.fields, names_item=step.names_item)


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
    name = f"{step.event}.{end}"
    return about(slot, name, {**step.fields, **fields}, names_item=step.names_item)
