"""A response, as the server holds it, and the items of its output."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..events import Event, Told
from ..ids import Ids
from ..parts import Json
from .accent import Accent
from .conversation import Conversation
from .moves import Move, Script
from .shown import message_of, run_of

ACTIVE = frozenset({"queued", "in_progress"})
# Fields of a request that the response repeats, and what they are where they were not given.
ECHOED: Json = {
    "frequency_penalty": 0.0,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
    "metadata": {},
}


@dataclass(kw_only=True)
class Slot:
    """An item of the output while it is being made."""

    index: int
    item: Json
    response: "Response"
    created_at: int
    # What the event that began it called it: a server may change names later.
    seen_id: str = ""
    is_done: bool = False

    def shown(self) -> Json | None:
        return message_of(self)


@dataclass(kw_only=True)
class Response:
    id: str
    script: Script
    turn: int
    created_at: int
    ids: Ids
    now: Callable[[], int]
    accent: Accent
    # What is still to come.
    moves: Iterator[Move]
    # What the request said.
    options: Json
    # What the request gave, as items.
    input: list[Json]
    conversation: Conversation | None = None
    status: str = "queued"
    completed_at: int | None = None
    # What the client said to the calls of the turn before.
    outputs: tuple[str, ...] = ()
    error: Json | None = None
    incomplete_reason: str | None = None
    slots: list[Slot] = field(default_factory=list)
    last_call_id: str = ""
    # Whether the client has gone before the end, without which nothing reaches the conversation.
    is_lost: bool = False
    # What the event that began it called it.
    seen_id: str = ""
    # The response as its last event had it.
    last_words: Json = field(default_factory=dict)
    told: Told = field(default_factory=Told)

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_background(self) -> bool:
        return bool(self.options.get("background"))

    @property
    def place(self) -> str | None:
        return self.conversation.id if self.conversation else None

    @property
    def rate(self) -> float:
        return self.script.rate

    @property
    def events(self) -> list[Event]:
        return self.told.events

    @property
    def output(self) -> list[Json]:
        """Nothing is left of a response that was cancelled."""
        kept = [] if self.status == "cancelled" else self.slots
        return copy.deepcopy([slot.item for slot in kept])

    def wire(self) -> Json:
        given = {key: value for key, value in self.options.items() if key in ECHOED}
        reason = self.incomplete_reason
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created_at,
            "status": self.status,
            "background": self.is_background,
            "completed_at": self.completed_at,
            **({"conversation": {"id": self.place}} if self.place else {}),
            "error": self.error,
            "incomplete_details": {"reason": reason} if reason else None,
            "model": self.options["model"],
            "output": self.output,
            **ECHOED,
            **{key: value for key, value in given.items() if value is not None},
            "usage": None if self.is_active else usage(len(self.told.events)),
        }

    def shown(self) -> Json:
        """The entry that a follower's run list ends with."""
        return run_of(self)


def usage(output_tokens: int) -> Json:
    input_tokens = 60
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input_tokens + output_tokens,
    }
