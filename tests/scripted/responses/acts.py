"""A response as a generator of events, as they are sent."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..events import Event
from ..moves import Cancel, Fail, Send, StopShort
from ..parts import Json
from . import endings
from .moves import Break, Hush, Say, Together, Use
from .response import Response
from .say import say
from .use import use

DONE = Event("", "[DONE]", is_last=True)


def send(_response: Response, move: Send) -> Iterator[Event]:
    yield Event(move.name, move.data)


def together(response: Response, move: Together) -> Iterator[Event]:
    rows = [PERFORM[type(item)](response, item) for item in move.moves]
    while rows:
        for row in [*rows]:
            event = next(row, None)
            if event:
                yield event
            else:
                rows.remove(row)


def hush(response: Response, move: Hush) -> Iterator[Event]:
    for item in move.moves:
        for _ in PERFORM[type(item)](response, item):
            response.slots[-1].seen_id = response.slots[-1].item["id"]
    yield from ()


# `Any` since each function takes only the move that it stands beside.
PERFORM: Mapping[type, Callable[[Response, Any], Iterator[Event]]] = {
    Say: say,
    Use: use,
    Together: together,
    Hush: hush,
    Send: send,
    Fail: endings.fail,
    StopShort: endings.stop_short,
    Break: endings.break_off,
    Cancel: endings.cancel,
}


def play(response: Response) -> Iterator[Event]:
    return _as_sent(response, _play(response))


def cancel(response: Response) -> Iterator[Event]:
    return _as_sent(response, endings.cancel(response, Cancel()))


def tell(response: Response, event: Event) -> Event:
    """The event with its type and its number, in the accent of the server."""
    if not isinstance(event.data, dict):
        return event
    data = {"type": event.name, **copy.deepcopy(event.data)}
    if response.accent.rotates_ids:
        _rename(response, data)
    if response.accent.numbers:
        data["sequence_number"] = len(response.told.events)
    _remember_names(response, data)
    return Event(event.name, data, is_last=event.is_last)


def _play(response: Response) -> Iterator[Event]:
    yield Event("response.created", {"response": response.wire()})
    if response.is_background:
        yield Event("response.queued", {"response": response.wire()})
    response.status = "in_progress"
    yield Event("response.in_progress", {"response": response.wire()})
    for move in response.moves:
        yield from PERFORM[type(move)](response, move)
        if not response.is_active:
            return
    yield from endings.complete(response)


def _as_sent(response: Response, events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        told = tell(response, event)
        if not (told.is_last and response.accent.says_done):
            yield told
            continue
        yield Event(told.name, told.data)
        yield DONE


def _rename(response: Response, data: Json) -> None:
    """New names, as gateways give them that keep none of their own."""
    if "item_id" in data:
        data["item_id"] = response.ids.new(data["item_id"].partition("_")[0])
    whole = data.get("response", {})
    for named in (data.get("item"), whole, *whole.get("output", [])):
        if named:
            named["id"] = response.ids.new(named["id"].partition("_")[0])


def _remember_names(response: Response, data: Json) -> None:
    if data["type"] == "response.created":
        response.seen_id = data["response"]["id"]
    if data["type"] == "response.output_item.added":
        response.slots[data["output_index"]].seen_id = data["item"]["id"]
