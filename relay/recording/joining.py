"""The streams of a run put together, one after the other."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from ..frames import FrameSplitter, data_of
from .reading import BLANK_LINE, cut


class Joined(NamedTuple):
    stream: bytes
    # For each event, how much had been received once it was there.
    ends: Sequence[int]


def join(received: bytes, starts: Sequence[int]) -> Joined:
    """`starts` are where in all that was received the streams begin; the first may be missing.

    A stream that breaks off leaves half an event, which would spoil the first one of the next.
    """
    frames: list[bytes] = []
    ends: list[int] = []
    for start, end in pairwise(sorted({0, *starts, len(received)})):
        stream = received[start:end]
        found = cut(stream if end == len(received) else _whole(stream))
        frames += found
        ends += (min(start + length, end) for length in accumulate(map(len, found)))
    return Joined(b"".join(frames), ends)


def _whole(stream: bytes) -> bytes:
    """Up to the last event; the end of a stream ends that too, if its data is all there."""
    end = max((blank.end() for blank in BLANK_LINE.finditer(stream)), default=0)
    rest = stream[end:]
    splitter = FrameSplitter(len(rest))
    events = [*splitter.feed(rest), *splitter.end()]
    is_whole = any(data_of(event) is not None or event.endswith(b"[DONE]") for event in events)
    return stream + b"\n\n" if is_whole else stream[:end]
