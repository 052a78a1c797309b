"""Frames: the events of an SSE stream, cut at blank lines, kept as bytes.

WHATWG HTML, 9.2.5 and 9.2.6.  A frame is one `event: NAME` line, if it has a name, then its `data:`
lines, joined by LF, without the blank line.  Comments, `id:` and `retry:` lines are the upstream's
own business and are left out.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, TypeAlias

from reducer.strict_json import parse

from .errors import FrameTooLarge

Frame: TypeAlias = bytes

_BOM = b"\xef\xbb\xbf"

# Deeper than any real answer, and shallow enough for every parser's stack.
_MAX_DEPTH = 100

# Whole frames as OpenAI writes them, which need nothing but cutting.  For text without CR: to look
# for that first, and for `.` then, takes a fifth of the time of `[^\r\n]`.
_is_plain = re.compile(rb"(?:(?:event: .++\n)?+data: .*+\n\n)++").fullmatch

# How many lines a frame has: `event:`, `data:`, and the blank one.
_LINES = 3


class FrameSplitter:
    """Takes chunks of any size, gives back the frames that they complete."""

    def __init__(self, max_frame_bytes: int) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._buffer = bytearray()
        # Where the search for a blank line resumes, so that a frame that comes
        # in n chunks is searched once, not n times.
        self._searched = 0
        # A CR has been taken for a line end already: an LF right behind it is
        # the rest of the same one.
        self._after_cr = False
        # Bytes that may yet turn out to be a byte order mark; None after that.
        self._start: bytes | None = b""
        self._oversized = False
        # Whether nothing at all is left over from the chunks before.
        self._is_fresh = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that the chunk completes, up to one that is beyond the limit; see `check`."""
        if self._start is not None:
            chunk = self._without_bom(chunk)
        if self._after_cr or b"\r" in chunk:
            chunk = self._with_lf_only(chunk)
        frames = self._cut(self._whole_frames(chunk))
        self._is_fresh = not (
            self._buffer or self._after_cr or self._oversized or self._start is not None
        )
        return frames

    def plain(self, chunk: bytes, starts: tuple[bytes, ...]) -> list[Frame]:
        """The frames of a chunk that needs nothing but cutting, where nothing waits for its rest,
        and each begins with one of `starts`: an `event: NAME` line and `data: `.

        None of any other chunk: `feed` it.  Nothing is remembered of either.
        """
        # `find` costs a third of `in`, which takes what it looks for to be a number at first.
        if not self._is_fresh or chunk.find(b"\r") >= 0 or len(chunk) > self._max_frame_bytes:
            return []
        lines = chunk.count(b"\n")
        if lines == _LINES and chunk.endswith(b"\n\n"):
            # One frame, as nearly always.
            return [chunk[:-2]] if chunk.startswith(starts) else []
        frames = chunk.split(b"\n\n")
        # Whole frames, of two lines each.
        if frames.pop() or lines != _LINES * len(frames):
            return []
        for frame in frames:
            if not frame.startswith(starts):
                return []
        return frames

    def end(self) -> list[Frame]:
        """The frame that the end of the stream completes: a last one needs no blank line."""
        rest = (self._start or b"") + bytes(self._buffer)
        self._start, self._buffer, self._searched = None, bytearray(), 0
        return self._cut(rest)

    def check(self) -> None:
        """Raise FrameTooLarge if a frame, finished or not, is beyond the limit.

        Apart from `feed`, so that the valid frames before it are not lost.
        """
        if not self._is_fresh and (self._oversized or _size(self._buffer) > self._max_frame_bytes):
            raise FrameTooLarge(self._max_frame_bytes)

    def _without_bom(self, chunk: bytes) -> bytes:
        start = (self._start or b"") + chunk
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._start = start
            return b""
        self._start = None
        return start.removeprefix(_BOM)

    def _with_lf_only(self, chunk: bytes) -> bytes:
        """CRLF and CR are line ends like LF, wherever the network cut them."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _whole_frames(self, chunk: bytes) -> bytes:
        """Put the chunk to what is waiting; take out all up to the last blank line."""
        self._buffer += chunk
        end = self._buffer.rfind(b"\n\n", self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 1)
            return b""
        whole = bytes(memoryview(self._buffer)[: end + 2])
        del self._buffer[: end + 2]
        self._searched = max(0, len(self._buffer) - 1)
        return whole

    def _cut(self, whole: bytes) -> list[Frame]:
        if not whole or self._oversized:
            return []
        if len(whole) <= self._max_frame_bytes and _is_plain(whole):
            return whole[:-2].split(b"\n\n")
        blocks = whole.split(b"\n\n")
        fitting = list(takewhile(lambda block: _size(block) <= self._max_frame_bytes, blocks))
        self._oversized = len(fitting) < len(blocks)
        return _tidy(fitting)


def _size(block: bytes | bytearray) -> int:
    """In bytes, without the line ends around it: which are there depends on the cuts."""
    return len(block) - block.startswith(b"\n") - block.endswith(b"\n")


def _tidy(blocks: Iterable[bytes]) -> list[Frame]:
    """Keep what a browser dispatches: the last event name and the data, if there is any."""
    frames = []
    for block in blocks:
        lines = block.split(b"\n")
        data = [line for line in lines if _field(line) == b"data"]
        names = [_value(line) for line in lines if _field(line) == b"event"]
        if data:
            frames.append(b"\n".join([*(b"event: " + name for name in names[-1:] if name), *data]))
    return frames


def name_of(frame: Frame) -> bytes:
    """Its event name; without one the `type` in its data; else empty."""
    if frame.startswith(b"event: "):
        return frame[7 : frame.index(b"\n")]
    data = data_of(frame)
    kind = data.get("type") if isinstance(data, dict) else None
    return kind.encode(errors="replace") if isinstance(kind, str) else b""


def data_of(frame: Frame) -> Any:
    """Its data, or None if it is no strict JSON; bytes that are no UTF-8 are replaced."""
    lines = (line for line in frame.split(b"\n") if _field(line) == b"data")
    text = b"\n".join(_value(line) for line in lines).decode(errors="replace")
    value = parse(text)
    return None if value is text else value


def _field(line: bytes) -> bytes:
    return line.partition(b":")[0]


def _value(line: bytes) -> bytes:
    return line.partition(b":")[2].removeprefix(b" ")


def relay_frame(event: str, data: Any) -> Frame:
    """A frame of the relay's own, whatever the data is."""
    return b"event: %b\ndata: %b" % (event.encode(), json_text(data).encode())


def json_text(data: Any) -> str:
    """Strict JSON.  What of an upstream's answer no JSON can say is null."""
    try:
        return _dumps(data)
    except (ValueError, RecursionError):
        return _dumps(_sayable(data, _MAX_DEPTH))


def _dumps(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), allow_nan=False)


def _sayable(value: Any, depth: int) -> Any:
    """Without numbers beyond a double, and without what is nested too deep."""
    if isinstance(value, Mapping):
        return {key: _sayable(part, depth - 1) for key, part in value.items()} if depth else None
    if isinstance(value, list | tuple):
        return [_sayable(part, depth - 1) for part in value] if depth else None
    return None if isinstance(value, int | float) and not _is_finite(value) else value


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
