"""OpenAI's list object."""

from collections.abc import Mapping, Sequence
from typing import Any


def list_object(found: Sequence[Mapping[str, Any]], limit: int, *, more: bool) -> dict[str, Any]:
    """The first of what was found; `more` says whether there is more than that."""
    data = list(found[:limit])
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": more or len(found) > limit,
    }
