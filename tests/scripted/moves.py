"""The words that a script is written in.  They are data: what they do stands in `acts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .parts import Json, Part, Piece, Text


@dataclass(frozen=True, slots=True)
class Say:
    """A message.  With `together`, the first delta carries the beginning of all its parts.

    `end` is how it ends: `completed`, `incomplete` (with `reason`), or `open`, without a word.
    """

    parts: tuple[Part, ...]
    together: bool = False
    end: str = "completed"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Interpret:
    """Code, and what came out of it."""

    code: str
    logs: str
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search in files; results as (file id, file name, score)."""

    results: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class UseTool:
    """A tool of a type that the SDK does not know: its fields, delta by delta, and at the end."""

    type: str
    deltas: tuple[Json, ...]
    final: Json


@dataclass(frozen=True, slots=True)
class Call:
    """A function call.  `output` is what a recording answers it with."""

    name: str
    arguments: str
    output: str


@dataclass(frozen=True, slots=True)
class CallFunctions:
    """One or more calls at once; the run then waits for all their outputs."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """An event as it stands, which changes nothing."""

    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Fail:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Expire:
    pass


@dataclass(frozen=True, slots=True)
class Cancel:
    """The run or response is cancelled here, as if someone had asked for it."""


@dataclass(frozen=True, slots=True)
class StopShort:
    """The run ends incomplete: `max_completion_tokens` or `max_prompt_tokens`.  A response does
    so with `max_output_tokens` or `content_filter`.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Break:
    """An `error` event in mid-stream, after which nothing comes, not even `done`."""

    data: Json


Move: TypeAlias = (
    Say | Interpret | Search | UseTool | CallFunctions | Send
    | Fail | Expire | Cancel | StopShort | Break
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What one assistant does when it is run, whatever it is asked."""

    id: str
    name: str
    description: str
    # What a recording asks it.
    question: str
    moves: tuple[Move, ...]
    tools: tuple[Json, ...] = ()
    # Events that this server leaves out, and those that it sends twice.
    omits: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    # Events per second at which it is pleasant to watch.
    rate: float = 40


def say(*pieces: Piece, end: str = "completed", reason: str | None = None) -> Say:
    """A message of one text."""
    return Say((Text(pieces),), end=end, reason=reason)


def function(name: str, description: str, properties: Mapping[str, Json]) -> Json:
    """A function as an assistant's `tools` list it."""
    required: Sequence[str] = list(properties)
    parameters = {"type": "object", "properties": dict(properties), "required": required}
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": parameters,
            "strict": False,
        },
    }
