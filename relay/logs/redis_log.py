"""A thread's log as a stream of Redis."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..errors import ClaimLost, RelayError, StoreFailed
from ..frames import Frame
from ..logs import Arrived, Block, Lost, Note
from .redis_lua import Script
from .redis_notes import written
from .redis_scripts import APPEND, EXCESS, READ, TRIM
from .redis_set import evaluate
from .redis_shared import MAX_NOTES, Shared

_READ_BYTES = 64 * 1024
# How many entries a server looks through at one stroke.
_READ_ENTRIES = 1024

_OTHER_SET, _OTHER_RELAY = -1, -2
_NO_NOTE = (b"", b"", b"")


class RedisLog:
    """What arrives is told by the reader of the store, as it was read back."""

    __slots__ = (
        "_arrived", "_counted", "_keys", "_lost", "_oldest_at", "_shared", "_size", "incarnation",
        "last", "thread_id", "told", "trimmed",
    )  # fmt: skip

    def __init__(self, shared: Shared, thread_id: str, arrived: Arrived, lost: Lost) -> None:
        self._shared = shared
        self.thread_id = thread_id
        self._arrived = arrived
        self._lost = lost
        self.last = self.trimmed = 0
        # Up to where `arrived` has been told.
        self.told = 0
        self._size = 0
        # Up to where frames are in `_size`.
        self._counted = 0
        # When the oldest entry came, in milliseconds of the server; 0 if there is none.
        self._oldest_at = 0
        self._enter()

    def _enter(self) -> None:
        data_set = self._shared.data_set
        self.incarnation = data_set.incarnation
        # Those that an append needs, while appends come; most logs are quiet, or only followed.
        self._keys: tuple[bytes, ...] = ()

    @property
    def stream(self) -> bytes:
        return self._shared.data_set.thread(self.thread_id)[-1]

    def rest(self) -> None:
        """Nothing has come for some time."""
        self._keys = ()

    def found(self, reply: Sequence[int]) -> None:
        """What the server says of it."""
        last, trimmed, self._oldest_at, self._size = reply
        self.last = max(self.last, last)
        self.trimmed = max(self.trimmed, trimmed)
        self._counted = max(self._counted, last)

    def start_anew(self) -> None:
        """The data set is another one.  Positions go on, so that whoever has any is told."""
        self._enter()
        self._size = self._oldest_at = 0
        self._counted = self.last + 1
        self._lose(self.last + 1)

    def tell(self, entries: Sequence[Any]) -> None:
        """What the reader has read, from where it was told last or from before that."""
        for name, (_, data, _, about) in entries:
            last = int(name.partition(b"-")[0])
            if last <= self.told:
                continue
            after, at, _, run_id = about.split(b" ", 3)
            if int(after) > self.told:
                self._lose(int(after))
            self._count(len(data), last, int(at))
            self.told = last
            self.last = max(self.last, last)
            self._arrived(Block(data, last), run_id.decode() or None)

    async def append(
        self, frames: Sequence[Frame], run_id: str | None, run: Note | None = None
    ) -> Block:
        began = time.perf_counter()
        before, self.last = self.last, self.last + len(frames)
        last, prefix, shared = self.last, self._prefix(), self._shared
        data = b"".join(
            [b"%b%d\n%b\n\n" % (prefix, n, frame) for n, frame in enumerate(frames, before + 1)]
        )
        note = written("runs", run) if run else _NO_NOTE
        command = self._append(before, last, data, (run_id or "").encode(), note)
        reply = await shared.wire.call(command, dated=True)
        if reply < 0:
            raise await self._refused(reply)
        shared.data_set.count = max(shared.data_set.count, reply)
        self._count(len(data), last, int(self._now()))
        shared.appends.add(len(frames), time.perf_counter() - began)
        return Block(data, last)

    def append_now(self, _frames: Sequence[Frame], _run_id: str | None) -> bool:
        return False

    async def read(self, position: int, run_id: str | None = None) -> Block:
        """Where frames beyond the position have gone meanwhile, `trimmed` grows beyond it, and the
        block is empty and goes no further.
        """
        question = self, self.incarnation, self.told, self.last, self.trimmed, position, run_id
        return await self._shared.reads.read(question, partial(self._read, position, run_id))

    async def _read(self, position: int, run_id: str | None) -> Block:
        run = (run_id or "").encode()
        limits = b"%d" % _READ_BYTES, b"%d" % _READ_ENTRIES
        seen, last, data = position, position + 1, b""
        # Positions whose append has failed by now are passed too: nothing will ever be there.
        given_out = self.last
        while not data and seen < last:
            start = seen
            reply = await self._still(READ, b"%d" % seen, run, *limits)
            if reply is None:
                return Block(b"", position)
            trimmed, seen, last, data = reply
            self.trimmed = max(self.trimmed, trimmed)
            if seen == start:
                break
        if seen == position >= self.trimmed:
            return Block(b"", max(position, given_out))
        return Block(self._beyond(data, position), seen)

    def is_over(self) -> bool:
        age = self._shared.max_age_seconds
        # A little more, so that not every append is a cut.
        is_old = age and self._oldest_at and self._now() - self._oldest_at > age * 1000 * 17 / 16
        return (
            self.last - self.trimmed > self._shared.max_frames
            or self._size > self._shared.max_bytes
            or bool(is_old)
        )

    async def excess(self) -> int:
        shared = self._shared
        limits = b"%d" % shared.max_frames, b"%d" % shared.max_bytes, shared.age_ms
        position = await self._still(EXCESS, *limits)
        return self.trimmed if position is None else int(position)

    async def trim(self, position: int) -> None:
        found = await self._still(TRIM, b"%d" % position)
        if found is not None:
            self.found(found)

    def _append(
        self, before: int, last: int, data: bytes, run_id: bytes, note: tuple[bytes, bytes, bytes]
    ) -> tuple[bytes, ...]:
        shared, data_set = self._shared, self._shared.data_set
        if not self._keys:
            log, notes = data_set.thread(self.thread_id), data_set.notes("runs", self.thread_id)
            self._keys = (*log, data_set.used(), *notes)
        return evaluate(
            APPEND, self._keys, data_set.name, shared.relay,
            b"%d" % shared.tokens.get(self.thread_id, 0), b"%d" % before, b"%d" % last, data,
            run_id, shared.age_ms, shared.keep_ms, self.thread_id.encode(), *note,
            b"%d" % MAX_NOTES,
        )  # fmt: skip

    async def _refused(self, reply: int) -> RelayError:
        if reply == _OTHER_SET:
            return await self._shared.replaced()
        if reply == _OTHER_RELAY:
            return ClaimLost("another relay drives this thread")
        # Unless its clock was set: it is looked at again.
        await self._shared.replaced()
        return StoreFailed("redis failed: it was too slow")

    async def _still(self, script: Script, *args: bytes) -> Any:
        """What a script says of the log; None if by now that is another one."""
        shared, incarnation = self._shared, self.incarnation
        keys = shared.data_set.thread(self.thread_id)
        reply = await shared.wire.call(evaluate(script, keys, incarnation.encode(), *args))
        if reply == _OTHER_SET:
            await shared.replaced()
            return None
        return reply if self.incarnation == incarnation else None

    def _count(self, size: int, last: int, at: int) -> None:
        """A block that is kept; both its append and the reader say so."""
        if last > self._counted:
            self._size += size
            self._counted = last
            self._oldest_at = self._oldest_at or at

    def _lose(self, position: int) -> None:
        self.told = position
        self.trimmed = max(self.trimmed, position)
        self.last = max(self.last, position)
        self._lost()

    def _now(self) -> float:
        """Milliseconds of the server."""
        return self._shared.data_set.server_ms(asyncio.get_running_loop().time())

    def _prefix(self) -> bytes:
        return b"id: %b-" % self.incarnation.encode()

    def _beyond(self, data: bytes, position: int) -> bytes:
        """Without the frames of its first block that do not lie beyond the position."""
        # Only the relay writes lines that begin with `id:`, so this is the frame's own first line.
        line = b"%b%d\n" % (self._prefix(), position + 1)
        if data.startswith(line):
            return data
        blank = data.find(b"\n\n" + line)
        return data if blank < 0 else data[blank + 2 :]
