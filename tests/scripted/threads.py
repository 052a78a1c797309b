"""A thread, as the server holds it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .ids import Ids
from .messages import Message
from .parts import Json

if TYPE_CHECKING:
    from .runs import Run


@dataclass(kw_only=True)
class Thread:
    id: str
    created_at: int
    ids: Ids
    now: Callable[[], int]
    metadata: Json = field(default_factory=dict)
    # Both oldest first.
    messages: list[Message] = field(default_factory=list)
    runs: list["Run"] = field(default_factory=list)

    @property
    def active_run(self) -> "Run | None":
        return next((run for run in self.runs if run.is_active), None)

    def wire(self) -> Json:
        return {
            "id": self.id,
            "object": "thread",
            "created_at": self.created_at,
            "metadata": self.metadata,
            "tool_resources": {},
        }

    def add_user_message(
        self, content: list[Json], attachments: list[Json], metadata: Json
    ) -> Message:
        message = Message(
            id=self.ids.new("msg"),
            thread_id=self.id,
            role="user",
            created_at=self.now(),
            content=content,
            attachments=attachments,
            metadata=metadata,
        )
        self.messages.append(message)
        return message

    def shown(self) -> list[Json]:
        """The thread list of someone who has followed every event so far, newest first."""
        return [message.shown() for message in reversed(self.messages)]
