"""The output of a run: the items of all its responses, oldest first, and how they change."""

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, Final

from .delta import MAX_INDEX, is_index
from .lists import replaced
from .partners import partners
from .run import list_of
from .same import same
from .shape import has_id, is_object
from .types import Json, Run

# No event adds to an item that has come to one of these.
_ENDS: Final = ("completed", "incomplete", "failed")


def entry_of(response_id: str | None, output_index: Any, item: Any) -> Json:
    """An entry of an output: an item, and where it came."""
    index = output_index if is_index(output_index) else None
    return {"response_id": response_id, "output_index": index, "item": item}


def add_item(run: Run, told: Json) -> Run:
    """The run with an item that begins, or begins anew."""
    return _put(run, told, lambda item: _is_open(item) and _is_alike(item, told["item"]))


def settle_item(run: Run, told: Json) -> Run:
    """The run with an item that is done."""
    return _put(run, told, lambda item: _is_alike(item, told["item"]))


def change_item(run: Run, named: Json, change: Callable[[Json], Json]) -> Run:
    """The run with the named item changed, unless that is finished."""
    output = list_of(run, "output")
    place = _place_of(output, named, _is_open)
    if place is None or not _is_open(output[place]["item"]):
        return run
    there = output[place]["item"]
    item = change(there)
    entry = output[place] if item is there else {**output[place], "item": item}
    return _with_output(run, replaced(output, place, entry))


def lay_items(run: Run, response_id: str | None, items: Sequence[Any]) -> Run:
    """The run with the whole output of a response put over what has been streamed of it."""
    told = [entry_of(response_id, n, item) for n, item in enumerate(items) if is_object(item)]
    ids = {entry["item"]["id"] for entry in told if has_id(entry["item"])}
    output = list_of(run, "output")
    there = [n for n, entry in enumerate(output) if _is_meant(entry, response_id, ids)]
    pairs = partners(
        [entry["item"] for entry in told], [output[n]["item"] for n in there], _type_of
    )
    items_of = {there[place]: told[n]["item"] for n, place in pairs.items() if place is not None}
    laid = [
        _settled(entry, items_of[n]) if n in items_of else entry for n, entry in enumerate(output)
    ]
    new = [told[n] for n, place in pairs.items() if place is None]
    return _with_output(run, _with_new(laid, new))


def has_item(run: Run, named: Json) -> bool:
    """Whether the item of this id is in its output."""
    return _place_of(list_of(run, "output"), named, lambda _item: False) is not None


def _place_of(output: Sequence[Any], named: Json, may_be: Callable[[Json], bool]) -> int | None:
    """Where the item of this id is, or else one that it may be at this index of the response."""
    found = None
    for place in reversed(range(len(output))):
        item = _item_in(output[place])
        if not is_object(item):
            continue
        if has_id(item) and item["id"] == named["item"].get("id"):
            return place
        if found is None and _is_at(named, output[place]) and may_be(item):
            found = place
    return found


def _put(run: Run, told: Json, may_be: Callable[[Json], bool]) -> Run:
    output = list_of(run, "output")
    place = _place_of(output, told, may_be)
    if place is None:
        return _with_output(run, _with_new(output, [told]))
    return _with_output(run, replaced(output, place, _settled(output[place], told["item"])))


def _settled(entry: Json, item: Json) -> Json:
    """The entry with its item as it is told, under the id that it came with."""
    there = entry["item"]
    settled = {**item, "id": there["id"]} if has_id(there) else item
    return entry if same(there, settled) else {**entry, "item": settled}


def _with_new(output: Sequence[Any], entries: Sequence[Json]) -> Sequence[Any]:
    """New items go last; but those of one response stand together, by their indexes."""
    if not entries:
        return output
    beside = [entry for entry in output if _is_beside(entries[0], entry)]
    others = [entry for entry in output if not _is_beside(entries[0], entry)]
    places = (n for n, entry in enumerate(output) if _is_beside(entries[0], entry))
    place = next(places, len(output))
    return [*others[:place], *sorted([*beside, *entries], key=_index_of), *others[place:]]


def _with_output(run: Run, output: Sequence[Any]) -> Run:
    there = list_of(run, "output")
    is_same = len(there) == len(output) and all(map(is_, there, output))
    return run if is_same else {**run, "output": output}


def _is_meant(entry: Any, response_id: str | None, ids: set[str]) -> bool:
    item = _item_in(entry)
    if not is_object(item):
        return False
    return entry.get("response_id") == response_id or (has_id(item) and item["id"] in ids)


def _is_at(named: Json, entry: Any) -> bool:
    index = entry.get("output_index") if is_object(entry) else None
    return is_index(index) and index == named["output_index"] and _is_beside(named, entry)


def _is_beside(one: Json, other: Any) -> bool:
    """Whether both are of the same response."""
    return is_object(other) and other.get("response_id") == one["response_id"]


def _is_open(item: Json) -> bool:
    return item.get("status") not in _ENDS


def _is_alike(one: Json, other: Json) -> bool:
    return _type_of(one) == _type_of(other)


def _type_of(item: Json) -> str:
    kind = item.get("type")
    return kind if isinstance(kind, str) else ""


def _item_in(entry: Any) -> Any:
    return entry.get("item") if is_object(entry) else None


def _index_of(entry: Json) -> float:
    index = entry.get("output_index")
    return index if is_index(index) else MAX_INDEX
