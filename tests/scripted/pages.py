"""Lists, page by page, as every list of OpenAI's is."""

from collections.abc import Sequence

from .answers import Refused, invalid, unknown
from .parts import Json

MOST = 100
DEFAULT = 20


def page(items: Sequence[Json], query: dict[str, str], noun: str) -> Json:
    """One page of `items`, which run from oldest to newest.

    `after` and `before` are ids: of the last item of the page before, and of the first item of
    the page behind it.
    """
    order = query.get("order", "desc")
    if order not in ("asc", "desc"):
        raise invalid("order", order)
    rows = [*items] if order == "asc" else [*reversed(items)]
    if after := query.get("after"):
        rows = rows[_position(rows, after, noun) + 1 :]
    limit = _limit(query.get("limit", str(DEFAULT)))
    if before := query.get("before"):
        rows = rows[: _position(rows, before, noun)]
        shown = rows[-limit:]
    else:
        shown = rows[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(rows) > len(shown),
    }


def _position(rows: Sequence[Json], name: str, noun: str) -> int:
    for position, row in enumerate(rows):
        if row["id"] == name:
            return position
    raise unknown(noun, name)


def _limit(value: str) -> int:
    if not value.isdecimal():
        raise invalid("limit", value)
    limit = int(value)
    if limit < 1:
        raise Refused(
            400,
            "Invalid 'limit': integer below minimum value. Expected a value >= 1, "
            f"but got {limit} instead.",
            "integer_below_min_value",
            "limit",
        )
    if limit > MOST:
        raise Refused(
            400,
            f"Invalid 'limit': integer above maximum value. Expected a value <= {MOST}, "
            f"but got {limit} instead.",
            "integer_above_max_value",
            "limit",
        )
    return limit
