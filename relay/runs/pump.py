"""Copies one upstream stream into the log, and hears what it says about its run."""

from collections.abc import Callable, Sequence
from itertools import repeat

from ..frames import Frame, FrameSplitter, data_of, name_of
from ..masking import Mask
from ..snapshot import TERMINAL
from ..upstreams import Chunks
from .limit import Limit
from .turn import Turn

# How many ways to begin a frame are remembered as saying nothing about a run.
_MAX_QUIET = 30


class Pump:
    def __init__(self, turn: Turn, limit: Limit) -> None:
        self._turn = turn
        self._run = turn.run
        self._feed = turn.feed
        self._dialect = turn.dialect
        self._settings = turn.settings
        self._recorder = turn.recorder
        self._mask = Mask(turn.settings)
        self._limit = limit
        self._keeps_runs = turn.upstream.keeps_runs
        self._resumes = turn.upstream.outlives_streams and not self._keeps_runs
        # Whether the stream has named the part of the run that it tells of.
        self.is_named = False
        # The frames that came last, and the number of the last one that had any.
        self._newest: Sequence[Frame] = ()
        self._number: int | None = None
        # The last status heard that ends a stream, if one was.
        self.heard: str | None = None
        # How frames begin that say nothing about the run: a token costs no look inside.
        self._quiet: tuple[bytes, ...] = ()

    def begin(self) -> None:
        """Another stream of the run begins."""
        self.heard = self._number = None
        self.is_named = False
        self._newest = ()
        self._close_part()

    def recall(self, data: bytes) -> None:
        """Hear frames of the log once more, without putting them there again."""
        splitter = FrameSplitter(len(data) + 1)
        for frame in splitter.feed(data):
            if name_of(frame) != b"relay.run":
                self._listen([frame])
                self._newest = [frame]
            elif data_of(frame).get("status") == "in_progress":
                self.begin()

    @property
    def number(self) -> int | None:
        """The number of the newest frame; None if the upstream counts none."""
        for frame in reversed(self._newest):
            number = self._dialect.number(data_of(frame))
            if number is not None:
                self._number = number
                break
        self._newest = ()
        return self._number

    async def copy(self, chunks: Chunks, after: int | None = None) -> None:
        """Until the stream ends or says that nothing follows; leave out frames up to `after`.

        Raises UpstreamLost and FrameTooLarge; all that was whole before it is in the log.
        """
        if self._recorder:
            self._recorder.next_stream()
        splitter = FrameSplitter(self._settings.max_frame_bytes)
        masked, is_resumed = self._mask.frames, after is not None
        if not is_resumed:
            chunks.offer(self._passing(splitter))
        async for chunk in chunks:
            frames = masked(splitter.feed(chunk))
            if after is not None:
                # Those from before the cut are there already.
                frames, after = self._beyond(after, frames)
            if self._recorder:
                self._recorder.add(_joined(frames) if is_resumed else chunk)
            if frames:
                self._newest = frames
            if self._are_tokens(frames):
                await self._feed.publish(frames, self._run.id)
            elif await self._take(frames):
                return
            splitter.check()
        await self._finish(masked(splitter.end()), after, is_resumed=is_resumed)

    def _passing(self, splitter: FrameSplitter) -> Callable[[bytes], bool]:
        """What publishes a chunk at once, and says whether it could: the way of nearly all chunks,
        so what stays the same is looked up beforehand.
        """
        plain, hides = splitter.plain, self._mask.hides
        publish_now, run_id, recorder = self._feed.publish_now, self._run.id, self._recorder

        def pass_on(chunk: bytes) -> bool:
            frames = plain(chunk, self._quiet)
            if not frames or self.heard is not None or hides(chunk):
                return False
            if not publish_now(frames, run_id):
                return False
            if recorder:
                recorder.add(chunk)
            self._newest = frames
            return True

        return pass_on

    def _are_tokens(self, frames: Sequence[Frame]) -> bool:
        """Whether it is known that they say nothing about the run."""
        return self.heard is None and all(map(bytes.startswith, frames, repeat(self._quiet)))

    async def _finish(self, rest: Sequence[Frame], after: int | None, *, is_resumed: bool) -> None:
        """The frame that the end of the stream completes; half a one will come whole."""
        if self._resumes and self.heard is None and any(map(_is_cut, rest)):
            return
        if after is not None:
            rest, _ = self._beyond(after, rest)
        if self._recorder and is_resumed:
            self._recorder.add(_joined(rest))
        await self._take(rest)

    def _beyond(self, after: int, frames: Sequence[Frame]) -> tuple[Sequence[Frame], int | None]:
        """The frames beyond a number, or without any; None once the number has been passed."""
        numbers = [self._dialect.number(data_of(frame)) for frame in frames]
        place = next((n for n, number in enumerate(numbers) if (number or 0) > after), None)
        before = [f for f, n in zip(frames[:place], numbers, strict=False) if n is None]
        if place is None:
            return before, after
        return [*before, *frames[place:]], None

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
            elif frame.startswith(b"event: ") and len(self._quiet) < _MAX_QUIET:
                start = frame[: frame.index(b"\n") + 1] + b"data: "
                if start not in self._quiet:
                    self._quiet = (*self._quiet, start)
        return kept, False

    def _hear(self, name: bytes, frame: Frame) -> bool:
        told = self._dialect.read(name.decode(errors="replace"), data_of(frame))
        self._turn.hear(told)
        status = told.get("status")
        self.is_named = self.is_named or "upstream_id" in told
        if told.get("begins"):
            self.heard = None
            self._turn.is_known.set()
        if status in TERMINAL or status == "requires_action":
            self.heard = status
            self._close_part()
            self._limit.restart(self._settings.end_seconds)
        return bool(told.get("done"))

    def _close_part(self) -> None:
        """Where each part of a run has an id of its own, that one cannot be cancelled any more."""
        if not self._keeps_runs:
            self._turn.is_known.clear()


def _joined(frames: Sequence[Frame]) -> bytes:
    return b"".join(frame + b"\n\n" for frame in frames)


def _is_cut(frame: Frame) -> bool:
    """Whether it broke off in its data."""
    return data_of(frame) is None and not frame.endswith(b"[DONE]")
