"""Lists that share what did not change with the list they were made from."""

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

from .shape import is_object


def mapped(entries: Sequence[Any], change: Callable[[Any], Any]) -> Sequence[Any]:
    """Change each entry.  The very same list comes back if none became another."""
    changed = [change(entry) for entry in entries]
    return entries if all(map(is_, changed, entries)) else changed


def replaced(entries: Sequence[Any], place: int, entry: Any) -> Sequence[Any]:
    """Put an entry where another was.  The very same list comes back if it is the same one."""
    if entries[place] is entry:
        return entries
    changed = [*entries]
    changed[place] = entry
    return changed


def with_index(entry: Any, index: Any) -> Any:
    """An entry that says its place in a list, if it is told."""
    return entry if index is None else {**entry, "index": index}


def without_indexes(entries: Any) -> Any:
    """A finished list keeps its order, and its entries need no `index`."""
    return mapped(entries, _without_index) if isinstance(entries, list) else entries


def _without_index(entry: Any) -> Any:
    if not is_object(entry) or "index" not in entry:
        return entry
    return {name: value for name, value in entry.items() if name != "index"}
