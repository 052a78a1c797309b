"""What a run plays: a recording's streams, with ids of its own."""

from collections.abc import Sequence

from ..recording import Recording
from ..recording.playing import arrivals
from . import Dialect
from .fresh_ids import rewriter
from .replayed_dialect import streams


class Script:
    def __init__(self, recording: Recording, dialect: Dialect, thread_id: str) -> None:
        """`dialect` is a fresh one, which hears the whole recording."""
        self._frames = recording.frames
        self._rewrite = rewriter(
            b"".join(recording.frames), thread_id=thread_id, assistant_id=recording.name
        )
        self._times = arrivals(recording)
        self._left = list(streams(recording, dialect))

    def next_stream(self) -> tuple[Sequence[float], range]:
        """When its events come, in ms, and which frames they are; none if that was all."""
        frames = self._left.pop(0) if self._left else range(0)
        return self._times[frames.start : frames.stop], frames

    def read(self, frames: range) -> bytes:
        """Some of the frames, as this run sends them."""
        return b"".join(map(self._rewrite, self._frames[frames.start : frames.stop]))
