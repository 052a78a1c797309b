"""A conversation, as the server holds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..ids import Ids
from ..parts import Json

if TYPE_CHECKING:
    from .response import Response


class Shown(Protocol):
    """Something that a follower of the conversation sees."""

    def shown(self) -> Json | None: ...


@dataclass(kw_only=True)
class Conversation:
    id: str
    created_at: int
    ids: Ids
    now: Callable[[], int]
    metadata: Json = field(default_factory=dict)
    # What a list gives, oldest first: finished items only.
    items: list[Json] = field(default_factory=list)
    # The response that is working on it.  Until it ends, no other may.
    active: "Response | None" = None
    responses: list["Response"] = field(default_factory=list)
    # What a follower has seen, oldest first: what is being written, and what was cancelled, too.
    seen: list[Shown] = field(default_factory=list)

    def wire(self) -> Json:
        return {
            "id": self.id,
            "object": "conversation",
            "created_at": self.created_at,
            "metadata": self.metadata,
        }

    def add(self, items: Sequence[Json]) -> None:
        self.items.extend(items)
        self.show(items)

    def begin(self, response: "Response") -> None:
        self.active = response
        self.responses.append(response)
        self.show(response.input)

    def show(self, items: Sequence[Json]) -> None:
        self.seen.extend(UserMessage(self, item, self.now()) for item in items)

    def shown(self) -> list[Json]:
        """The thread list of someone who has followed every event so far, newest first."""
        return [message for entry in reversed(self.seen) if (message := entry.shown())]


@dataclass(frozen=True, slots=True)
class UserMessage:
    """An item that came from the client."""

    conversation: Conversation
    item: Json
    created_at: int

    def shown(self) -> Json | None:
        if self.item["type"] != "message" or self.item["role"] not in ("user", "assistant"):
            return None
        return {
            "id": self.item["id"],
            "object": "thread.message",
            "created_at": self.created_at,
            "assistant_id": None,
            "thread_id": self.conversation.id,
            "run_id": None,
            "role": self.item["role"],
            "content": [_part(part) for part in self.item["content"]],
            "attachments": [],
            "metadata": {},
        }


def _part(part: Json) -> Json:
    if part["type"] in ("input_text", "output_text"):
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    return part
