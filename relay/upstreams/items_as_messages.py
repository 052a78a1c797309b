"""The messages among the items of a conversation."""

from collections.abc import Sequence
from typing import Any

import reducer

from . import Json


def messages_of_items(
    items: Sequence[Json], thread_id: str, runs: Sequence[Json] = ()
) -> list[dict[str, Any]]:
    """Newest first, like the items; `runs` tell whose they are."""
    fold = getattr(reducer, "thread_from_items", _plain)
    messages = fold(items, runs)
    return [
        message if message.get("thread_id") else {**message, "thread_id": thread_id}
        for message in messages
    ]


def _plain(items: Any, _runs: Any) -> Any:
    return [
        {
            "id": item["id"],
            "object": "thread.message",
            "created_at": item.get("created_at"),
            "thread_id": None,
            "assistant_id": None,
            "run_id": None,
            "status": item.get("status"),
            "role": item["role"],
            "content": [
                {"type": "text", "text": {"value": p.get("text", ""), "annotations": []}}
                for p in item["content"]
            ],
        }
        for item in items
        if item["type"] == "message"
    ]
