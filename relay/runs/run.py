"""A run, as `relay.run` frames and answers show it."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from sys import intern
from typing import Any, Self

from ..snapshot import TERMINAL
from ..upstreams import Json
from .times import Times

# What may change of what everybody is shown.
_TOLD = (
    "status", "upstream_ids", "required_action", "last_error", "incomplete_details", "usage",
)  # fmt: skip

# What a note holds beside what everybody is shown.
_NOTED = (
    "metadata", "additional_messages", "rank", "key", "has_begun", "submitting", "expires_at",
    "start", "ended_at", "is_over",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Span:
    """One upstream stream of a run: the positions of its frames, and whether it ended properly."""

    # The position before its first frame, and that of its last once it has ended.
    start: int
    last: int | None = None
    is_whole: bool = False

    def become(self, other: Self) -> Self:
        """Take over what a note tells, if it is of the same stream; the one to go on with."""
        if self.start != other.start:
            return other
        self.last, self.is_whole = other.last, other.is_whole
        return self


@dataclass(slots=True, kw_only=True, eq=False)
class Run:
    thread_id: str
    assistant_id: str
    metadata: Json | None = None
    id: str = field(default_factory=lambda: f"run_{secrets.token_urlsafe(18)}")
    created_at: int = field(default_factory=lambda: int(time.time()))
    status: str = "starting"
    upstream_ids: list[str] = field(default_factory=list)
    required_action: Json | None = None
    last_error: Json | None = None
    incomplete_details: Json | None = None
    usage: Json | None = None

    # Added to the thread before it starts.
    additional_messages: Sequence[Json] = ()
    # Where it stands in the queue: the lowest is next.
    rank: int = 0
    # The Idempotency-Key that it was started under.
    key: str | None = None
    # Whether its turn has come: from then on it may have been started upstream.
    has_begun: bool = False
    # The calls whose outputs are on their way to the upstream.
    submitting: Sequence[str] = ()
    # When it expires, in seconds since 1970, while it waits for tool outputs.
    expires_at: float | None = None
    # The position in the log before its first frame; None until it has one.
    start: int | None = None
    # The position of its terminal frame; None until then.
    ended_at: int | None = None
    # Whether that frame is kept: until then it has not ended for anybody else.
    is_told: bool = False
    # Whether nothing is left to be done for it: what only the relay knows of its messages is noted.
    is_over: bool = False
    spans: list[Span] = field(default_factory=list)
    # The calls whose outputs the upstream has taken, all of one POST together, and which of the
    # streams it answered with, if that is known.
    answered: dict[frozenset[str], int | None] = field(default_factory=dict)
    times: Times = field(default_factory=Times)

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def upstream_id(self) -> str | None:
        """The upstream's newest id of this run."""
        return self.upstream_ids[-1] if self.upstream_ids else None

    def is_called(self, run_id: str) -> bool:
        return run_id == self.id or run_id in self.upstream_ids

    def begin_stream(self, position: int) -> None:
        """The upstream has accepted a stream, whose frames will stand beyond a position."""
        if self.submitting:
            self.answered[frozenset(self.submitting)] = len(self.spans)
        self.required_action, self.submitting = None, ()
        self.spans.append(Span(start=position))

    @property
    def first_span(self) -> Span | None:
        return self.spans[0] if self.spans else None

    def answer_to(self, calls: frozenset[str]) -> Span | None:
        """The stream that the outputs of these calls began, if it is known."""
        number = self.answered.get(calls)
        return None if number is None else self.spans[number]

    def hear(self, told: Mapping[str, Any]) -> bool:
        """Take over what an upstream frame said; the status is the relay's to set.

        True if the upstream has named it, or a new part of it.
        """
        self.times.hear()
        upstream_id = told.get("upstream_id")
        is_named = bool(upstream_id) and upstream_id not in self.upstream_ids
        if is_named:
            self.upstream_ids.append(str(upstream_id))
        for name in ("required_action", "last_error", "incomplete_details", "usage"):
            if name in told:
                setattr(self, name, with_shared_names(told[name]))
        return is_named

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "thread.run",
            "thread_id": self.thread_id,
            "assistant_id": self.assistant_id,
            "status": self.status,
            "created_at": self.created_at,
            "upstream_ids": list(self.upstream_ids),
            "required_action": self.required_action,
            "last_error": self.last_error,
            "incomplete_details": self.incomplete_details,
            "usage": self.usage,
        }

    def to_note(self) -> dict[str, Any]:
        """All that another process needs to go on with it."""
        return {
            "id": self.id,
            "run": self.to_json(),
            "answered": [[sorted(calls), number] for calls, number in self.answered.items()],
            "spans": [asdict(span) for span in self.spans],
            **{name: getattr(self, name) for name in _NOTED},
        }

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Self:
        told: dict[str, Any] = {**note["run"], **{name: note.get(name) for name in _NOTED}}
        del told["object"]
        run = cls(**told)
        run.answered = {frozenset(calls): number for calls, number in note["answered"]}
        run.spans = [Span(**span) for span in note["spans"]]
        # The note and the frame are kept in one breath.
        run.is_told = run.is_terminal
        return run

    def become(self, other: Self) -> Self:
        """Take over all that a note tells; the one to go on with."""
        if other is not self:
            for name in (*_TOLD, *_NOTED, "answered", "is_told"):
                # What is the same need not be there twice.
                if getattr(self, name) != getattr(other, name):
                    setattr(self, name, getattr(other, name))
            # Spans stay the objects that they are, too.
            both = zip_longest(self.spans, other.spans)
            self.spans = [mine.become(told) if mine else told for mine, told in both if told]
        return self

    def told(self) -> dict[str, Any]:
        """As the upstream is told of it."""
        return self.to_json() | {"metadata": self.metadata}


def with_shared_names(value: Any) -> Any:
    """Runs are many, and the names of what is told of them are few: each is kept once."""
    return {intern(key): part for key, part in value.items()} if type(value) is dict else value


def error_of(code: str, message: str) -> dict[str, str]:
    """What `last_error` holds."""
    return {"code": code, "message": message}
