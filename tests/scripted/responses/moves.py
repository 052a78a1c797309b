"""The words that a script is written in.  They are data: what they do stands in `acts`."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..framing import Framing
from ..moves import Cancel, Fail, Send, StopShort
from ..parts import Exactly, Json, Output, Refusal
from .accent import Accent


@dataclass(frozen=True, slots=True)
class Cite:
    """A piece of text with an annotation.  `span` says that it tells where the piece stands;
    otherwise only the place behind the piece is told.
    """

    marker: str
    annotation: Json
    span: bool = True


Piece: TypeAlias = str | Exactly | Output | Cite


@dataclass(frozen=True, slots=True)
class Text:
    pieces: tuple[Piece, ...]
    # Whether it says how likely each piece was.
    is_weighed: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """A message.  `end` is how it ends: `completed`, `incomplete`, or `open`, without a word."""

    parts: tuple[Text | Refusal, ...]
    phase: str | None = None
    end: Literal["completed", "incomplete", "open"] = "completed"
    # Whether the text comes in deltas, or only when it is done.
    in_deltas: bool = True


@dataclass(frozen=True, slots=True)
class Tell:
    """An event about an item, and what it changes in the item."""

    event: str
    fields: Json = field(default_factory=dict)
    sets: Json = field(default_factory=dict)
    # The events of shell commands do not name their item.
    names_item: bool = True


@dataclass(frozen=True, slots=True)
class Spell:
    """A text within an item that is written delta by delta, and then told as a whole."""

    event: str
    # Where it stands in the item.
    path: tuple[str | int, ...]
    text: str
    # What the event at the end calls it.
    name: str
    fields: Json = field(default_factory=dict)
    in_deltas: bool = True
    names_item: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """An item that is no message: how it begins, what is told of it, and how it ends."""

    type: str
    begin: Json = field(default_factory=dict)
    steps: tuple[Tell | Spell, ...] = ()
    end: Json = field(default_factory=dict)
    # A call gets a `call_id`; an item that answers has the one of the call before it; one that
    # was approved names the request.
    call: Literal["asks", "answers", "approved", "none"] = "none"
    # What a recording answers, where the client has to.
    output: str | None = None
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Together:
    """Several items at once, their events in turn."""

    moves: tuple[Say | Use, ...]


@dataclass(frozen=True, slots=True)
class Hush:
    """Items of which nothing is told before the last event of the response."""

    moves: tuple[Say | Use, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """An `error` event.  `then_failed`: `response.failed` follows; otherwise nothing does."""

    data: Json
    then_failed: bool


Move: TypeAlias = Say | Use | Together | Hush | Send | Fail | StopShort | Break | Cancel
Turn: TypeAlias = tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a model of this name answers.  Each turn is a response: the first to what the user
    says, the next to the outputs of the calls of the turn before it.
    """

    id: str
    name: str
    description: str
    # What a recording asks it.
    question: str
    turns: tuple[Turn, ...]
    # What comes instead of the next turn when the client says no.
    declined: Turn = ()
    # What an assistant of this script has as its tools.
    tools: tuple[Json, ...] = ()
    # Whether one stream carries all turns.
    in_one_stream: bool = False
    # Whether a recording of it runs in the background, which not all servers know.
    in_background: bool = True
    # After which event a recording loses its stream, which the relay then takes up again.
    breaks_after: int | None = None
    # How its streams differ from what the server does with all others.
    accent: Accent | None = None
    framing: Framing | None = None
    # Events per second at which it is pleasant to watch.
    rate: float = 40


def say(*pieces: Piece, **how: Any) -> Say:
    """A message of one text."""
    return Say((Text(pieces),), **how)
