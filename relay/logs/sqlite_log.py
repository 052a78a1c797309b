"""One thread's log in a SQLite file, as one process sees it."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from ..errors import ClaimLost
from ..frames import Frame
from ..logs import Arrived, Block, Lost, Note
from .sqlite_append import Append
from .sqlite_blocks import State, find_state, read_piece
from .sqlite_note_rows import to_row
from .sqlite_reader import Reader
from .sqlite_rows import key
from .sqlite_transaction import Transaction
from .sqlite_trim import Excess, delete_blocks, find_excess
from .sqlite_writer import Writer, settle


@dataclass(frozen=True, slots=True)
class Limits:
    max_frames: int
    max_bytes: int
    max_age_seconds: float | None


class SqliteLog:
    # There is one for each open thread, however little happens on it.
    __slots__ = (
        "_arrived", "_end", "_first_at", "_first_start", "_last_start", "_limits", "_lost",
        "_reader", "_under_way", "_writer", "incarnation", "is_claimed", "last",
        "number", "thread_id", "told", "trimmed",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917  (what a log is made of)
        self,
        thread_id: str,
        incarnation: str,
        limits: Limits,
        reader: Reader,
        writer: Writer,
        arrived: Arrived,
        lost: Lost,
    ) -> None:
        self.thread_id = thread_id
        self.incarnation = incarnation
        self.last = self.trimmed = 0
        # Up to where `arrived` has been told.  All before is committed, and nothing beyond is read:
        # so that what was read and what arrives never overlap.
        self.told = 0
        self._limits = limits
        self._reader = reader
        self._writer = writer
        self._arrived = arrived
        self._lost = lost
        # The thread's number in the file; None until some relay has taken it.
        self.number: int | None = None
        # Whether this relay has the thread, for all that it knows.
        self.is_claimed = False
        # See State: what must be known to append and to trim.
        self._first_start = self._last_start = self._end = 0
        self._first_at: int | None = None
        # Appends that are on their way.
        self._under_way = 0

    async def append(
        self, frames: Sequence[Frame], run_id: str | None, run: Note | None = None
    ) -> Block:
        began = time.perf_counter()
        if self.number is None or not self.is_claimed:
            raise ClaimLost(f"this relay does not drive thread {self.thread_id}")
        first, self.last = self.last + 1, self.last + len(frames)
        prefix = self._prefix()
        data = b"".join(
            [b"%b%d\n%b\n\n" % (prefix, n, frame) for n, frame in enumerate(frames, first)]
        )
        now, self._last_start = int(time.time()), self._end
        self._end += len(data)
        if self._first_at is None:
            self._first_at = now
        block = Block(data, self.last)
        values = (key(self.number, self.last), now, self._last_start, run_id, data)
        note = None if run is None else to_row("runs", run)
        future: asyncio.Future[Block] = asyncio.get_running_loop().create_future()
        self._writer.put(Append(self, self.number, block, values, note, future))
        self._under_way += 1
        block = await future
        self._writer.appends.add(len(frames), time.perf_counter() - began)
        return block

    def append_now(self, _frames: Sequence[Frame], _run_id: str | None) -> bool:
        return False

    async def read(self, position: int, run_id: str | None = None) -> Block:
        told, number = self.told, self.number
        if position >= told or number is None:
            return Block(b"", max(position, told))
        question = self, told, self.trimmed, position, run_id
        return await self._reader.joint.read(
            question, partial(self._read, number, position, told, run_id)
        )

    async def _read(self, number: int, position: int, told: int, run_id: str | None) -> Block:
        piece = await self._reader.do(
            partial(read_piece, number=number, beyond=position, up_to=told, run_id=run_id)
        )
        self.trimmed = max(self.trimmed, piece.trimmed)
        if piece.last is None:
            return Block(b"", told)
        return Block(self._beyond(piece.data, position), piece.last)

    def is_over(self) -> bool:
        # The newest block stays in any case.
        return self.is_claimed and self._first_start != self._last_start and any(self._over())

    async def excess(self) -> int:
        if self.number is None:
            return self.trimmed
        limits = self._limits
        is_long, is_large, is_old = self._over()
        excess = Excess(
            position=self.last - _most(limits.max_frames) if is_long else None,
            size=self._end - _most(limits.max_bytes) if is_large else None,
            at=self._oldest() if is_old else None,
            newest=self.told,
        )
        found = await self._reader.do(partial(find_excess, number=self.number, excess=excess))
        return self.trimmed if found is None else found

    async def trim(self, position: int) -> None:
        """In batches: others wait for the writer meanwhile."""
        while self.trimmed < position:
            self.refresh(await self._writer.do(partial(_trim, self.thread_id, position)))

    def settled(self, append: Append, outcome: Exception | None) -> None:
        """An append was kept, or it was not."""
        self._under_way -= 1
        if outcome is None:
            self.arrive([(append.block, append.values[3])])
        elif isinstance(outcome, ClaimLost):
            self.is_claimed = False
            # Positions are given out by whoever has the thread now.
            self.last = self.last if self._under_way else self.told
        settle(append.future, append.block if outcome is None else outcome)

    def arrive(self, blocks: Iterable[tuple[Block, str | None]]) -> None:
        """Blocks that are in the log, in its order; some may have been told before."""
        for block, run_id in blocks:
            if block.last > self.told:
                self.told = block.last
                self.last = max(self.last, block.last)
                self._arrived(block, run_id)

    def open(self, state: State) -> None:
        """What comes from here on arrives."""
        self.last = self.told = state.last
        self.refresh(state)

    def take(self, state: State) -> None:
        """It is this relay's to append to, and goes on from here."""
        self.is_claimed = True
        self.told = max(self.told, state.last)
        self.last = max(self.last, state.last)
        self._last_start, self._end = state.last_start, state.end
        self.refresh(state)

    def refresh(self, state: State) -> None:
        """What the file says of the log, but for what has been appended."""
        # What was seen before the thread was taken may be told only afterwards.
        if state.number is not None or self.number is None:
            self.number = state.number
            self._first_start, self._first_at = state.first_start, state.first_at
        self.trimmed = max(self.trimmed, state.trimmed)
        if not self.is_claimed:
            self.last = max(self.last, self.trimmed)
            if self.told < self.trimmed:
                self.told = self.trimmed
                self._lost()

    def _over(self) -> tuple[bool, bool, bool]:
        """Whether it is too long, too large, too old."""
        return (
            self.last - self.trimmed > self._limits.max_frames,
            self._end - self._first_start > self._limits.max_bytes,
            self._first_at is not None and self._first_at < self._oldest(),
        )

    def _oldest(self) -> int:
        """What came before, in Unix seconds, is too old."""
        age = self._limits.max_age_seconds
        return 0 if age is None else int(time.time() - age)

    def _prefix(self) -> bytes:
        return b"id: %b-" % self.incarnation.encode()

    def _beyond(self, data: bytes, position: int) -> bytes:
        """The first block may have begun before the position."""
        # Only the relay writes lines that begin with `id:`, so this is the frame's own first line.
        start = data.find(b"\n\n%b%d\n" % (self._prefix(), position + 1))
        return data if start < 0 else data[start + 2 :]


def _most(limit: int) -> int:
    """Somewhat less than a limit: so a log that was trimmed is not over it again at once."""
    return limit - limit // 16


def _trim(thread_id: str, position: int, transaction: Transaction) -> State:
    state = find_state(transaction.connection, thread_id)
    if state.number is None or not transaction.claims.has(state.number):
        raise ClaimLost(f"another relay drives thread {thread_id}")
    delete_blocks(transaction.connection, state.number, position)
    transaction.changed.add(thread_id)
    return find_state(transaction.connection, thread_id)
