"""How a delta continues what is there.

A rule says it for one field: `(what is there, what the delta says) -> what is there next`.  It
gives back the very object that is there if nothing changes.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any, Final, TypeAlias, TypeGuard

from .lists import replaced
from .same import same
from .shape import is_object

Rule: TypeAlias = Callable[[Any, Any], Any]
Rules: TypeAlias = Mapping[str, Rule]

# What is there where nothing is: null is a value.
ABSENT: Final = object()

# Beyond it JavaScript cannot tell one integer from the next.
MAX_INDEX: Final = 2**53 - 1


def keep(old: Any, _new: Any) -> Any:
    """What is there stays."""
    return old


def replace(old: Any, new: Any) -> Any:
    """What the delta says takes the place of what is there.  Numbers never add."""
    return old if same(old, new) else new


def fill(old: Any, new: Any) -> Any:
    """As `replace`, but what is empty says nothing of what is there."""
    is_empty = isinstance(new, str | list) and not new
    return old if is_empty and old is not ABSENT else replace(old, new)


def unless_null(old: Any, new: Any) -> Any:
    """As `replace`, but null says nothing."""
    return old if new is None else replace(old, new)


def renew(old: Any, new: Any) -> Any:
    """As `replace`, but of an object only the fields that the delta names."""
    if is_object(old) and is_object(new):
        return replace_fields(old, new)
    return replace(old, new)


def fields(rules: Rules, others: Rule = renew) -> Rule:
    """The rule of an object whose fields have rules; a field without one has that of the others."""

    def merge_fields(old: Any, new: Any) -> Any:
        if not is_object(new):
            return old
        there = old if is_object(old) else {}
        merged = there
        for name, value in new.items():
            field = there.get(name, ABSENT)
            following = rules.get(name, others)(field, value)
            if following is not field:
                merged = {**merged, name: following}
        return merged

    return merge_fields


# The fields that are named are replaced, all others stay.
replace_fields: Final = fields({}, replace)


def each(rule: Rule) -> Rule:
    """The rule of a list: an entry continues the one with its index, and they stay sorted."""

    def merge_each(old: Any, new: Any) -> Any:
        if not isinstance(new, list):
            return old
        return merge_entries(old if isinstance(old, list) else [], new, rule)

    return merge_each


def merge_entries(old: list[Any], new: list[Any], rule: Rule) -> Sequence[Any]:
    """Continue the entries of a list, each by the same rule."""
    if len(new) == 1 and (place := _place_there(old, new[0])) is not None:
        # As nearly always: a token continues the part that is there.
        return replaced(old, place, rule(old[place], new[0]))
    indexes = [_index_there(entry, position) for position, entry in enumerate(old)]
    # Read backwards, so that of two entries with one index the first is found.
    places = {indexes[place]: place for place in reversed(range(len(old)))}
    merged = [*old]
    for position, entry in enumerate(new):
        index = _index_told(entry, position)
        if index is None:
            continue
        place = places.setdefault(index, len(merged))
        if place == len(merged):
            indexes.append(index)
            merged.append(rule(ABSENT, entry))
        else:
            merged[place] = rule(merged[place], entry)
    if len(merged) > len(old):
        return [merged[place] for place in sorted(range(len(merged)), key=indexes.__getitem__)]
    return old if all(map(is_, merged, old)) else merged


def _place_there(old: list[Any], entry: Any) -> int | None:
    """Where the first entry is that another one continues, if there is one."""
    told = _index_told(entry, 0)
    for place, there in enumerate(old):
        if _index_there(there, place) == told:
            return place
    return None


def _index_there(entry: Any, position: int) -> float:
    index = entry.get("index") if is_object(entry) else None
    return index if is_index(index) else position


def _index_told(entry: Any, position: int) -> float | None:
    if not is_object(entry):
        return None
    index = entry.get("index")
    if index is None:
        return position
    # An entry that claims an impossible place is left out: it has no other.
    return index if is_index(index) else None


def is_index(index: Any) -> TypeGuard[float]:
    """Whether it can be a place in a list."""
    if isinstance(index, int):
        return 0 <= index <= MAX_INDEX and not isinstance(index, bool)
    return isinstance(index, float) and 0 <= index <= MAX_INDEX and index.is_integer()
