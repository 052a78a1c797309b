"""Logs that live and die with the process."""

import secrets
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from ..frames import Frame
from ..logs import Arrived, Block, Cursor, KeyStore, Log, Lost, Note, unheard
from ..measures import Appends
from .memory_notes import MemoryNotes

# Small blocks are joined up to this size, so that whoever catches up is sent few large ones.
_SEGMENT_BYTES = 64 * 1024


class _Segment:
    """Blocks of one run (or of none), one after the other."""

    __slots__ = ("_parts", "first", "last", "run_id", "size")

    def __init__(self, run_id: str | None, first: int) -> None:
        self.run_id = run_id
        self.first = first
        self.last = first - 1
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, data: bytes, last: int) -> None:
        self._parts.append(data)
        self.size += len(data)
        self.last = last

    def data(self) -> bytes:
        if len(self._parts) != 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0]


def _unheard(_block: Block, _run_id: str | None) -> None:
    """Nobody follows it."""


@cache
def _prefix_of(incarnation: str) -> bytes:
    """How ids begin: the same in all logs of a process, so it is kept once."""
    return b"id: %b-" % incarnation.encode()


class MemoryLog:
    """Bounded in frames and bytes: beyond that the oldest segment goes."""

    __slots__ = (
        "_arrived", "_max_bytes", "_max_frames", "_newest", "_prefix", "_segments", "_size",
        "incarnation", "last", "trimmed",
    )  # fmt: skip

    def __init__(
        self, start: Cursor, max_frames: int, max_bytes: int, arrived: Arrived = _unheard
    ) -> None:
        self._arrived = arrived
        self.incarnation = start.incarnation
        self.last = self.trimmed = start.position
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._size = 0
        # A list, since most logs are short: that takes a tenth of a deque.
        self._segments: list[_Segment] = []
        # The last of them: at hand, since that is where every token goes.
        self._newest: _Segment | None = None
        self._prefix = _prefix_of(self.incarnation)

    async def append(
        self,
        frames: Sequence[Frame],
        run_id: str | None,
        run: Note | None = None,  # noqa: ARG002  (runs end with the process)
    ) -> Block:
        return self._keep(frames, run_id)

    def append_now(self, frames: Sequence[Frame], run_id: str | None) -> bool:
        if self.is_over():
            return False
        self._keep(frames, run_id)
        return True

    async def read(self, position: int, run_id: str | None = None) -> Block:
        start = bisect_right(self._segments, position, key=lambda segment: segment.last)
        for number in range(start, len(self._segments)):
            segment = self._segments[number]
            if run_id is None or segment.run_id == run_id:
                return Block(self._from(segment, position), segment.last)
        return Block(b"", max(position, self.last))

    def is_over(self) -> bool:
        # In this order, since the first is nearly always false.
        return self._is_over(self._size, self.trimmed) and len(self._segments) > 1

    async def excess(self) -> int:
        """Never the newest segment: what has just come must be there to be sent."""
        size, position = self._size, self.trimmed
        for segment in islice(self._segments, len(self._segments) - 1):
            if not self._is_over(size, position):
                break
            size, position = size - segment.size, segment.last
        return position

    async def trim(self, position: int) -> None:
        while self._segments and self._segments[0].last <= position:
            oldest = self._segments.pop(0)
            self._size -= oldest.size
            self.trimmed = oldest.last

    def _keep(self, frames: Sequence[Frame], run_id: str | None) -> Block:
        first = self.last + 1
        self.last = last = self.last + len(frames)
        prefix = self._prefix
        if len(frames) == 1:
            # As nearly always; a list and a join cost four times as much.
            data = b"%b%d\n%b\n\n" % (prefix, first, frames[0])
        else:
            data = b"".join(
                [b"%b%d\n%b\n\n" % (prefix, n, frame) for n, frame in enumerate(frames, first)]
            )
        segment = self._newest
        if segment is None or segment.run_id != run_id or segment.size >= _SEGMENT_BYTES:
            self._newest = segment = _Segment(run_id, first)
            self._segments.append(segment)
        segment.add(data, last)
        self._size += len(data)
        # What `Block(data, last)` makes, in a fifth of the time.
        block = tuple.__new__(Block, (data, last))
        self._arrived(block, run_id)
        return block

    def _is_over(self, size: int, trimmed: int) -> bool:
        return size > self._max_bytes or self.last - trimmed > self._max_frames

    def _from(self, segment: _Segment, position: int) -> bytes:
        data = segment.data()
        if position < segment.first:
            return data
        # Only the relay writes lines that begin with `id:`, so this is the frame's own first line.
        line = b"%b%d\n" % (self._prefix, position + 1)
        return data[data.index(b"\n\n" + line) + 2 :]


class MemoryStore:
    """All logs share an incarnation: that of the process.

    A log begins where the longest one that has been dropped ended, so that no id is used
    twice although nothing is remembered of it.
    """

    is_durable = False
    # The process remembers them itself.
    keys: KeyStore | None = None
    # Nothing is waited for.
    appends: Appends | None = None

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._start = Cursor(secrets.token_hex(5), 0)
        self._notes: dict[str, MemoryNotes] = {}

    async def start(self) -> None:
        """Nothing can be wrong with it."""

    async def check(self) -> None:
        """It takes whatever comes."""

    async def close(self) -> None:
        """All of it ends with the process."""

    async def cursor(self, _thread_id: str) -> Cursor:
        return self._start

    async def has(self, _thread_id: str) -> bool:
        """A thread that is not open is forgotten."""
        return False

    async def open(
        self, _thread_id: str, arrived: Arrived = _unheard, _lost: Lost = unheard
    ) -> MemoryLog:
        return MemoryLog(self._start, self._max_frames, self._max_bytes, arrived)

    async def drop(self, log: Log) -> None:
        self._start = replace(self._start, position=max(self._start.position, log.last))

    def notes(self, kind: str) -> MemoryNotes:
        return self._notes.setdefault(kind, MemoryNotes())

    async def claim(self, _thread_id: str) -> bool:
        return True

    async def release(self, _thread_id: str) -> None:
        """There is nobody else."""

    async def owner(self, _thread_id: str) -> str | None:
        return None

    async def send(self, _owner: str, _note: Note) -> None:
        """There is nobody to send to."""

    async def take(self) -> Sequence[Note]:
        return ()

    async def orphans(self) -> Sequence[str]:
        return ()
