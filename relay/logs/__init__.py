"""Logs: a thread's frames in order, each with an id.  Only this package knows a store."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

from ..frames import Frame

Note: TypeAlias = Mapping[str, Any]

_CURSOR = re.compile(r"([a-z0-9]{1,32})-(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """An incarnation of a log and a position in it: `position` frames have passed."""

    incarnation: str
    position: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None if the text is no cursor at all."""
        match = _CURSOR.fullmatch(text)
        return cls(match[1], int(match[2])) if match else None

    def __str__(self) -> str:
        return f"{self.incarnation}-{self.position}"


class Block(NamedTuple):
    """Frames that stand side by side in a log, ready to be sent.

    Each is an `id:` line, the frame and a blank line; `last` is the position of the last of them.
    """

    data: bytes
    last: int


class Log(Protocol):
    """One thread's frames; positions only grow."""

    incarnation: str
    # The position of the newest frame; before the first, where the log starts.
    last: int
    # The position up to which frames have been removed.
    trimmed: int

    async def append(self, frames: Sequence[Frame], run_id: str | None) -> Block:
        """Keep frames; `run_id` is the run that they belong to, if any."""
        ...

    async def read(self, position: int, run_id: str | None = None) -> Block:
        """The frames beyond `position`, some tens of KiB at a time; of one run only if it is given.

        `last` of the block says how far was read, also where nothing was found.
        The block is empty where there is nothing beyond.
        """
        ...

    def is_over(self) -> bool:
        """Whether it holds more than its limits allow."""
        ...

    def excess(self) -> int:
        """The position up to which frames must go for the limits to hold."""
        ...

    def trim(self, position: int) -> None:
        """Remove the frames up to a position that `excess` told."""
        ...


class Notes(Protocol):
    """What is kept of threads beside their logs: JSON objects, each with an `id`.

    Bounded: of each thread the newest are kept, and of the threads those used last.
    """

    async def read(self, thread_id: str) -> Sequence[Note]:
        """All of a thread, in the order in which their ids came first."""
        ...

    async def put(self, thread_id: str, notes: Sequence[Note]) -> None:
        """Each takes the place of the one with its id, or comes last."""
        ...


class Store(Protocol):
    """Where logs are kept."""

    def notes(self, kind: str) -> Notes:
        """What is kept of threads under a name: each kind is apart from the others."""
        ...

    def start(self) -> Cursor:
        """The cursor of a thread that has no log."""
        ...

    def open(self, thread_id: str) -> Log:
        """The log of a thread; an empty one if it had none."""
        ...

    def drop(self, log: Log) -> None:
        """Forget a log.  A cursor into it is a gap from then on."""
        ...
