"""A run, as the server holds it, and the events that it has sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .events import Event, Told
from .messages import Message, Step
from .moves import Call, Move, Script
from .parts import Json
from .threads import Thread

ACTIVE = frozenset({"queued", "in_progress", "requires_action", "cancelling"})
# OpenAI gives a run ten minutes.
LIFETIME_SECONDS = 600
MODEL = "scripted-1"


DONE = Event("done", "[DONE]", is_last=True)


@dataclass(kw_only=True)
class Run:
    id: str
    thread: Thread
    script: Script
    created_at: int
    # What is still to come: each act takes its moves from here.
    moves: Iterator[Move]
    options: Json = field(default_factory=dict)
    # With a thread that was made together with the run, the stream tells of it first.
    tells_of_thread: bool = False
    status: str = "queued"
    started_at: int | None = None
    ended_at: int | None = None
    # The calls that wait for outputs, with their ids.
    waiting: dict[str, Call] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    last_error: Json | None = None
    incomplete_reason: str | None = None
    usage: Json | None = None
    spent: int = 0
    steps: list[Step] = field(default_factory=list)
    told: Told = field(default_factory=Told)

    @property
    def events(self) -> list[Event]:
        return self.told.events

    @property
    def place(self) -> str:
        return self.thread.id

    @property
    def rate(self) -> float:
        return self.script.rate

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def open_messages(self) -> list[Message]:
        return [item for item in self.thread.messages if item.run_id == self.id and item.is_open]

    @property
    def open_steps(self) -> list[Step]:
        return [step for step in self.steps if step.is_open]

    def now(self) -> int:
        return self.thread.now()

    def required_action(self) -> Json | None:
        if self.status != "requires_action":
            return None
        return {
            "type": "submit_tool_outputs",
            "submit_tool_outputs": {"tool_calls": _tool_calls(self.waiting)},
        }

    def wire(self) -> Json:
        return {
            "id": self.id,
            "object": "thread.run",
            "created_at": self.created_at,
            "assistant_id": self.script.id,
            "thread_id": self.thread.id,
            "status": self.status,
            **self._times(),
            "required_action": self.required_action(),
            "last_error": self.last_error,
            "model": self.options.get("model") or MODEL,
            "instructions": self.options.get("instructions") or "",
            "tools": list(self.script.tools),
            "metadata": self.options.get("metadata") or {},
            **_SAMPLING,
            "incomplete_details": self.incomplete_reason and {"reason": self.incomplete_reason},
            "usage": self.usage,
            "response_format": "auto",
            "tool_choice": "auto",
            "parallel_tool_calls": True,
        }

    def _times(self) -> Json:
        ends = {f"{name}_at": self._ended(name) for name in ("cancelled", "failed", "completed")}
        expires_at = self.created_at + LIFETIME_SECONDS if self.is_active else None
        return {"started_at": self.started_at, "expires_at": expires_at, **ends}

    def _ended(self, status: str) -> int | None:
        return self.ended_at if self.status == status else None

    def shown(self) -> Json:
        """The entry that a follower's run list ends with."""
        wire = self.wire()
        names = ("id", "thread_id", "assistant_id", "status", "created_at")
        results = ("required_action", "usage", "last_error", "incomplete_details")
        return {
            **{name: wire[name] for name in names},
            "upstream_ids": [self.id],
            "steps": [step.wire() for step in self.steps],
            "output": [],
            **{name: wire[name] for name in results},
        }


_SAMPLING: Json = {
    "temperature": 1.0,
    "top_p": 1.0,
    "max_completion_tokens": None,
    "max_prompt_tokens": None,
    "truncation_strategy": {"type": "auto", "last_messages": None},
}


def _tool_calls(waiting: dict[str, Call]) -> Sequence[Json]:
    return [
        {
            "id": call_id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call_id, call in waiting.items()
    ]
