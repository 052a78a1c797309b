"""Which is which of two lists of items, where ids may have changed and positions mean little."""

from collections.abc import Callable, Collection, Mapping, Sequence

from .shape import has_id
from .types import Json


def partners(
    told: Sequence[Json], there: Sequence[Json], kind_of: Callable[[Json], str]
) -> Mapping[int, int | None]:
    """For each told one the place of the one that is there, or None if it is new.

    The id decides.  Those that are left pair up in order, if as many of their kind are left there.
    If some are left but not as many, nobody can know: the told one is left out.
    """
    places = {one["id"]: place for place, one in reversed([*enumerate(there)]) if has_id(one)}
    pairs: dict[int, int | None] = {
        number: places[one["id"]]
        for number, one in enumerate(told)
        if has_id(one) and one["id"] in places
    }
    free = _by_kind(there, kind_of, {*pairs.values()})
    for kind, numbers in _by_kind(told, kind_of, pairs).items():
        left = free.get(kind, [])
        if not left:
            pairs.update(dict.fromkeys(numbers))
        elif len(left) == len(numbers):
            pairs.update(zip(numbers, left, strict=True))
    return pairs


def _by_kind(
    ones: Sequence[Json], kind_of: Callable[[Json], str], but: Collection[int | None]
) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number, one in enumerate(ones):
        if number not in but:
            groups.setdefault(kind_of(one), []).append(number)
    return groups
