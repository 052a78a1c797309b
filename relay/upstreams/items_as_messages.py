"""The messages among the items of a conversation."""

from collections.abc import Sequence
from typing import Any

from reducer import thread_from_items

from . import Json


def messages_of_items(
    items: Sequence[Json], thread_id: str, runs: Sequence[Json] = ()
) -> list[dict[str, Any]]:
    """Newest first, like the items; `runs` tell whose they are."""
    return [
        {**message, "thread_id": message.get("thread_id") or thread_id}
        for message in thread_from_items(items, runs)
    ]
