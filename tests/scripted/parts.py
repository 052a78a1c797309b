"""What a message of a script is made of."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

# A token is a word with the blank before it, or a row of other signs.
_TOKEN = re.compile(r"\s*[\w']+|\s*[^\w\s]+|\s+")


def tokens(text: str) -> list[str]:
    """Cut a text as a model would send it; joined again it is the same text."""
    return _TOKEN.findall(text)


@dataclass(frozen=True, slots=True)
class Cite:
    """A marker in a text and the annotation that comes with it.  `only_in_delta` is left out of
    the finished message, as the `quote` of a file citation is.
    """

    marker: str
    kind: str
    source: Json
    only_in_delta: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exactly:
    """One delta with this text, however long."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """The output that was submitted for the call of this position."""

    call: int = 0


Piece: TypeAlias = str | Exactly | Cite | Output


@dataclass(frozen=True, slots=True)
class Text:
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A part that comes in one delta: an image, or one of a type that nobody knows yet."""

    part: Json


Part: TypeAlias = Text | Refusal | Whole


def text(*pieces: Piece) -> Text:
    return Text(pieces)


def image(file_id: str) -> Whole:
    return Whole({"type": "image_file", "image_file": {"file_id": file_id, "detail": "auto"}})
