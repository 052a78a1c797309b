"""The annotations of a streamed Responses text: each comes by itself and says its index.

They stay as they were sent, and their own `index` is a position in the text.  So when indexes are
missing between them, the part remembers which they have.
"""

from collections.abc import Sequence
from typing import Any, Final

from .delta import is_index
from .same import same
from .shape import is_object
from .types import Json

_ORDER: Final = "annotation_indexes"


def with_annotation(part: Json, index: Any, annotation: Json) -> Json:
    """The part with an annotation put at its index, or else last."""
    text = part["text"] if is_object(part.get("text")) else {"value": ""}
    there = text.get("annotations")
    annotations = there if isinstance(there, list) else []
    indexes = _indexes_in(part, len(annotations))
    told = (indexes[-1] + 1 if indexes else 0) if index is None else index
    if not is_index(told):
        return part
    place = sum(one < told for one in indexes)
    is_there = told in indexes
    if is_there and same(annotations[place], annotation):
        return part
    changed = [*annotations[:place], annotation, *annotations[place + is_there :]]
    order = indexes if is_there else [*indexes[:place], told, *indexes[place:]]
    return _with_order({**part, "text": {**text, "annotations": changed}}, order)


def without_order(part: Any) -> Any:
    """A finished part needs no memory."""
    if not is_object(part) or _ORDER not in part:
        return part
    return {name: value for name, value in part.items() if name != _ORDER}


def _with_order(part: Json, indexes: Sequence[float]) -> Json:
    is_plain = all(index == place for place, index in enumerate(indexes))
    return {**without_order(part), **({} if is_plain else {_ORDER: indexes})}


def _indexes_in(part: Json, count: int) -> Sequence[float]:
    told = part.get(_ORDER)
    if isinstance(told, list) and len(told) == count and all(map(is_index, told)):
        return told
    return range(count)
