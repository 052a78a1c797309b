"""Logs: a thread's frames in order, each with an id.  Only this package knows a store."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

from ..frames import Frame
from ..measures import Appends

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


# Told of each block that is in a log, in the log's order and once it is kept: the block, and the
# run that it belongs to, if any.
Arrived: TypeAlias = Callable[[Block, str | None], None]

# Told when frames are gone for good that had not arrived yet: `trimmed` says up to where, and the
# incarnation may be another one.
Lost: TypeAlias = Callable[[], None]


def unheard() -> None:
    """For a log that nobody follows."""


class Log(Protocol):
    """One thread's frames; positions only grow."""

    incarnation: str
    # The position of the newest frame; before the first, where the log starts.
    last: int
    # The position up to which frames have been removed.
    trimmed: int

    async def append(
        self, frames: Sequence[Frame], run_id: str | None, run: Note | None = None
    ) -> Block:
        """Keep frames; `run_id` is the run that they belong to, if any.  `run` is a note among the
        thread's `runs` that is put in the same breath: both are kept, or neither.

        `last` has grown when this is called, before it returns.  Raises StoreFailed if nothing was
        kept, and ClaimLost if another relay drives the thread by now.
        """
        ...

    def append_now(self, frames: Sequence[Frame], run_id: str | None) -> bool:
        """The same at once.  False where something has to be waited for: then nothing was kept."""
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

    async def excess(self) -> int:
        """The position up to which frames must go for the limits to hold."""
        ...

    async def trim(self, position: int) -> None:
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


class KeyStore(Protocol):
    """What was answered under which idempotency key."""

    async def begin(self, key: str, note: Note, ttl_seconds: float) -> Note | None:
        """Put a note unless there is one: that one is given back.  One relay of many can do it."""
        ...

    async def get(self, key: str) -> Note | None: ...

    async def put(self, key: str, note: Note, ttl_seconds: float) -> None: ...

    async def forget(self, key: str) -> None: ...


class Store(Protocol):
    """Where logs are kept, and what belongs to them."""

    # Whether what is kept outlives the process.
    is_durable: bool
    # None where the process itself remembers what was answered.
    keys: KeyStore | None
    # What this relay has appended, and how long that took; None where it takes no time.
    appends: Appends | None

    async def start(self) -> None:
        """Before it is used.  Raises StoreFailed, in one line that says what is wrong."""
        ...

    async def check(self) -> None:
        """Whether something could be kept now: a small note is, or as good as that.

        Raises StoreFailed.
        """
        ...

    async def close(self) -> None: ...

    async def cursor(self, thread_id: str) -> Cursor:
        """Of a thread's newest frame; of a thread that has no log, where it will start."""
        ...

    async def has(self, thread_id: str) -> bool:
        """Whether anything of a thread is kept."""
        ...

    async def open(self, thread_id: str, arrived: Arrived, lost: Lost = unheard) -> Log:
        """The log of a thread; an empty one if it had none.  Until it is dropped, `arrived` is told
        of all that comes into it, whichever relay appends it, and `lost` of what never will.
        """
        ...

    async def drop(self, log: Log) -> None:
        """It is not used any more.  What does not outlive the process is forgotten: a cursor into
        it is a gap from then on.
        """
        ...

    def notes(self, kind: str) -> Notes:
        """What is kept of threads under a name: each kind is apart from the others."""
        ...

    async def claim(self, thread_id: str) -> bool:
        """Take a thread, so that this relay alone appends to its log and drives its runs; False if
        another relay has it.  `last` of its log, if that is open, is exact from then on.

        A claim is held until it is released, or its relay has been dead for some seconds.
        """
        ...

    async def release(self, thread_id: str) -> None: ...

    async def owner(self, thread_id: str) -> str | None:
        """The relay that has claimed a thread, by an id of its own; None if none has."""
        ...

    async def send(self, owner: str, note: Note) -> None:
        """Put a note into the inbox of a relay.  Inboxes are bounded in number and age."""
        ...

    async def take(self) -> Sequence[Note]:
        """The notes in this relay's inbox, oldest first; each is given once."""
        ...

    async def orphans(self) -> Sequence[str]:
        """Threads that no relay has, with notes of the kind `runs` that say `"is_over": false`."""
        ...
