"""A message and a run step: what they hold, and how they look on the wire."""

import copy
from dataclasses import dataclass, field

from .parts import Json


def settled(value: Json) -> Json:
    """A part or a tool call as a finished object has it.

    Real servers leave out there what only the deltas needed: `index`, and an empty `quote`.
    """
    kept = {
        key: item for key, item in value.items() if key != "index" and (key, item) != ("quote", "")
    }
    return {key: _settled(item) for key, item in kept.items()}


def _settled(item: object) -> object:
    if isinstance(item, dict):
        return settled(item)
    return [_settled(entry) for entry in item] if isinstance(item, list) else item


def joined(text: str, more: str) -> str:
    """Text as a browser joins it: two halves of a surrogate pair become one character."""
    if not "\udc00" <= more[:1] <= "\udfff":
        return text + more
    return (text + more).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@dataclass(kw_only=True, slots=True)
class Message:
    id: str
    thread_id: str
    role: str
    created_at: int
    # Parts as the deltas made them, each with its `index`.
    content: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    assistant_id: str | None = None
    run_id: str | None = None
    # A user's message has no status, on the wire neither.
    status: str | None = None
    reason: str | None = None
    incomplete_at: int | None = None
    completed_at: int | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "in_progress"

    def close(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason

    def wire(self, *, with_content: bool = True) -> Json:
        """As events and lists carry it."""
        parts = [settled(part) for part in self.content] if with_content else []
        return {**self._head(), "content": parts, **self._tail()}

    def shown(self) -> Json:
        """As a follower holds it: with `index` as long as deltas may come."""
        if not self.is_open:
            return self.wire()
        return {**self._head(), "content": copy.deepcopy(self.content), **self._tail()}

    def _head(self) -> Json:
        names = ("created_at", "assistant_id", "thread_id", "run_id")
        head = {
            "id": self.id,
            "object": "thread.message",
            **{name: getattr(self, name) for name in names},
        }
        return {**head, **self._state(), "role": self.role}

    def _state(self) -> Json:
        if self.status is None:
            return {}
        return {
            "status": self.status,
            "incomplete_details": self.reason and {"reason": self.reason},
            "incomplete_at": self.incomplete_at,
            "completed_at": self.completed_at,
        }

    def _tail(self) -> Json:
        return {"attachments": copy.deepcopy(self.attachments), "metadata": dict(self.metadata)}


@dataclass(kw_only=True, slots=True)
class Step:
    id: str
    run_id: str
    assistant_id: str
    thread_id: str
    created_at: int
    expires_at: int
    # The message that it writes, or none for a step of tool calls.
    message_id: str | None = None
    # Tool calls as the deltas made them, each with its `index`.
    calls: list[Json] = field(default_factory=list)
    status: str = "in_progress"
    ended_at: int | None = None
    last_error: Json | None = None
    usage: Json | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "in_progress"

    def wire(self) -> Json:
        kind = "message_creation" if self.message_id else "tool_calls"
        names = ("run_id", "assistant_id", "thread_id")
        return {
            "id": self.id,
            "object": "thread.run.step",
            "created_at": self.created_at,
            **{name: getattr(self, name) for name in names},
            "type": kind,
            "status": self.status,
            **{f"{name}_at": self._ended(name) for name in ("cancelled", "completed", "failed")},
            "expires_at": self.expires_at,
            "last_error": self.last_error,
            "step_details": {"type": kind, **self._details()},
            "usage": self.usage,
        }

    def _ended(self, status: str) -> int | None:
        return self.ended_at if self.status == status else None

    def _details(self) -> Json:
        if self.message_id:
            return {"message_creation": {"message_id": self.message_id}}
        return {"tool_calls": [settled(call) for call in self.calls]}
