"""Playing recordings: at the pace they were recorded, faster, or cut and stalled on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import pairwise

from .reading import Recording
from .starts import starts

# The pace of a file that does not say when its events came.
_DEFAULT_MS = 20.0

# Flat out there is no pace that makes room for others, so it is made after as many frames.
_AT_ONCE = 200


async def play(
    recording: Recording,
    speed: float = 1,
    *,
    after: int = 0,
    stop_after: int | None = None,
    stall_after: int | None = None,
) -> AsyncIterator[bytes]:
    """Whole frames as they fall due, from the one behind event `after` on."""
    end = len(recording.frames)
    last = min(end, stop_after or end, stall_after or end)
    times = arrivals(recording)
    async for first, behind in paced(times[after:last], speed):
        yield b"".join(recording.frames[after + first : after + behind])
    if last == stall_after:
        await stall()


async def paced(
    times: Sequence[float],
    speed: float,
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[tuple[int, int]]:
    """Which entries of `times`, in ms, fall due, as a range; all that are late come at once."""
    if speed <= 0:
        for first in range(0, len(times), _AT_ONCE):
            await pause(0)
            yield first, min(first + _AT_ONCE, len(times))
        return
    clock = asyncio.get_running_loop().time
    start = clock() - times[0] / 1000 / speed if times else 0
    first = 0
    while first < len(times):
        await pause(max(0, start + times[first] / 1000 / speed - clock()))
        now = (clock() - start) * 1000 * speed
        behind = first + 1
        while behind < len(times) and times[behind] <= now:
            behind += 1
        yield first, behind
        first = behind


async def stall() -> None:
    """Hold still until cancelled."""
    await asyncio.Event().wait()


def arrivals(recording: Recording) -> Sequence[float]:
    """When each event came, in ms; the wait between two streams, for a person, is left out."""
    times = recording.sidecar.arrived_ms
    if times is None:
        return [index * _DEFAULT_MS for index in range(len(recording.frames))]
    gaps = [0.0, *(later - earlier for earlier, later in pairwise(times))]
    for start in starts(recording.events):
        gaps[start] = 0.0
    total = 0.0
    return [total := total + gap for gap in gaps]
