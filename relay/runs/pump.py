"""Copies one upstream stream into the log, and hears what it says about its run."""

from collections.abc import AsyncIterator, Sequence
from itertools import repeat

from ..frames import Frame, FrameSplitter, data_of, name_of
from ..snapshot import TERMINAL
from .limit import Limit
from .turn import Turn

# How many first lines of frames are remembered as saying nothing about a run.
_MAX_QUIET = 30


class Pump:
    def __init__(self, turn: Turn, limit: Limit) -> None:
        self._run = turn.run
        self._feed = turn.feed
        self._dialect = turn.dialect
        self._settings = turn.settings
        self._recorder = turn.recorder
        self._limit = limit
        # The last status heard that ends a stream, if one was.
        self.heard: str | None = None
        # First lines of frames that say nothing about the run: a token costs no look inside.
        self._quiet: tuple[bytes, ...] = ()

    async def copy(self, chunks: AsyncIterator[bytes]) -> None:
        """Until the stream ends or says that nothing follows.

        Raises UpstreamLost and FrameTooLarge; all that was whole before it is in the log.
        """
        splitter = FrameSplitter(self._settings.max_frame_bytes)
        publish, run_id = self._feed.publish, self._run.id
        async for chunk in chunks:
            if self._recorder:
                self._recorder.add(chunk)
            frames = splitter.feed(chunk)
            # The way of nearly all tokens, so it is kept short.
            if self.heard is None and all(map(bytes.startswith, frames, repeat(self._quiet))):
                await publish(frames, run_id)
            elif await self._take(frames):
                return
            splitter.check()
        await self._take(splitter.end())

    async def _take(self, frames: Sequence[Frame]) -> bool:
        """Append frames that may say something.  True if one says that nothing follows."""
        if frames and self.heard is not None:
            # More follows: the end is counted from here.
            self._limit.restart(self._settings.end_seconds)
        kept, is_done = self._listen(frames)
        await self._feed.publish(kept, self._run.id)
        return is_done

    def _listen(self, frames: Sequence[Frame]) -> tuple[Sequence[Frame], bool]:
        """Which frames to keep, none of them the relay's own, and whether nothing follows them."""
        kept: list[Frame] = []
        for frame in frames:
            name = name_of(frame)
            if name.startswith(b"relay."):
                continue
            kept.append(frame)
            if self._dialect.tells(name):
                if self._hear(name, frame):
                    return kept, True
            elif self._is_new(frame):
                self._quiet = (*self._quiet, frame[: frame.index(b"\n") + 1])
        return kept, False

    def _is_new(self, frame: Frame) -> bool:
        has_name = frame.startswith(b"event: ") and not frame.startswith(self._quiet)
        return has_name and len(self._quiet) < _MAX_QUIET

    def _hear(self, name: bytes, frame: Frame) -> bool:
        told = self._dialect.read(name.decode(errors="replace"), data_of(frame))
        self._run.hear(told)
        status = told.get("status")
        if status in TERMINAL or status == "requires_action":
            self.heard = status
            self._limit.restart(self._settings.end_seconds)
        return bool(told.get("done"))
