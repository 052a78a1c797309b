"""Logs that are filled, read and followed."""

import asyncio
from collections.abc import Sequence

from relay.logs import Block, Log, Store


class Arrivals:
    """Is told what arrives in a log, and waits for it."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Block, str | None]] = []
        self._changed = asyncio.Event()

    def __call__(self, block: Block, run_id: str | None) -> None:
        self.blocks.append((block, run_id))
        self._changed.set()

    @property
    def last(self) -> int:
        return self.blocks[-1][0].last if self.blocks else 0

    @property
    def data(self) -> bytes:
        return b"".join(block.data for block, _ in self.blocks)

    async def until(self, position: int) -> None:
        async with asyncio.timeout(30):
            while self.last < position:
                self._changed.clear()
                await self._changed.wait()


def unheard(_block: Block, _run_id: str | None) -> None:
    """Nobody follows."""


async def taken(store: Store, thread_id: str = "thread_1") -> Log:
    """The log of a thread that this relay drives."""
    assert await store.claim(thread_id)
    return await store.open(thread_id, unheard)


async def fill(log: Log, *blocks: tuple[str | None, int], size: int = 8) -> list[bytes]:
    """Append blocks: for which run, and how many frames.  All frames are different."""
    frames = []
    for run_id, count in blocks:
        first = log.last
        block = [b"data: %d %b" % (first + n, b"x" * size) for n in range(1, count + 1)]
        await log.append(block, run_id)
        frames += block
    return frames


async def read_all(log: Log, position: int, run_id: str | None = None) -> list[tuple[int, bytes]]:
    """Every frame beyond a position, with the position that its id names."""
    found = []
    while position < log.last:
        block = await log.read(position, run_id)
        assert block.last > position
        position = block.last
        found += stamped(block.data, log.incarnation)
    return found


def stamped(data: bytes, incarnation: str) -> list[tuple[int, bytes]]:
    """The frames of what followers are sent, each with the position in its id."""
    found = []
    for block in data.split(b"\n\n")[:-1]:
        stamp, frame = block.split(b"\n", 1)
        assert stamp.startswith(b"id: %b-" % incarnation.encode())
        found.append((int(stamp.rpartition(b"-")[2]), frame))
    return found


def numbered(frames: Sequence[bytes], first: int = 1) -> list[tuple[int, bytes]]:
    return list(enumerate(frames, first))
