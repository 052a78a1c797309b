"""One event, made of what a stream says."""

from typing import Any

from .shape import is_object
from .strict_json import parse
from .types import Event


def event_of(name: str, text: str, event_id: str) -> Event:
    """An event that has no name is called by the `type` in its data, or else `message`."""
    data = parse(text)
    event = {"event": name or _type_in(data) or "message", "data": data}
    return {**event, "id": event_id} if event_id else event


def _type_in(data: Any) -> str:
    told = data.get("type") if is_object(data) else None
    return told if isinstance(told, str) else ""
