"""Reading recordings, and saying which file is none."""

import itertools
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RecordingError
from ..frames import Frame, FrameSplitter, data_of, name_of
from .sidecar import Sidecar, read_sidecar

_logger = logging.getLogger(__name__)

# A line ends in CRLF, LF or CR; two ends in a row make a blank line (WHATWG HTML, 9.2.5).
# (?>...) keeps CRLF whole, else it would read as CR, then LF.
_END_OF_LINE = rb"(?>\r\n|\n|\r)"
BLANK_LINE = re.compile(_END_OF_LINE + _END_OF_LINE)
_DATA_LINE = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n])data(?:[:\r\n]|\Z)")

# What a name may have, since it is an id in the relay's paths.
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`frames` joined are the file: each has the comments before it, the last also what follows."""

    name: str
    path: Path
    frames: Sequence[bytes]
    # The event name of each frame.
    events: Sequence[bytes]
    sidecar: Sidecar

    @property
    def title(self) -> str:
        return self.sidecar.name or re.sub("[-_]+", " ", self.name).strip().capitalize()

    def speaks(self, dialect: bytes) -> bool:
        """Whether there are events of a dialect, named by how they begin: `thread.`."""
        return any(event.startswith(dialect) for event in self.events)


class Recordings:
    """All recordings of some folders and files, by name; a bad one is told at once."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Raise RecordingError, one line that names the file and the line in it."""
        self._recordings: dict[str, Recording] = {}
        for path in itertools.chain.from_iterable(map(_files, paths)):
            recording = read_recording(path)
            known = self._recordings.setdefault(recording.name, recording)
            if known is not recording:
                raise RecordingError(f"{path}: named like {known.path}: {recording.name}")

    def names(self) -> Sequence[str]:
        return list(self._recordings)

    def get(self, name: str) -> Recording | None:
        return self._recordings.get(name)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self._recordings.values())


def read_recording(path: Path) -> Recording:
    try:
        stream = path.read_bytes()
        stream.decode()
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = _lines(error.object[: error.start])
        raise RecordingError(f"{path}:{line}: not UTF-8: {error.reason}") from None
    frames = cut(stream)
    if not frames:
        raise RecordingError(f"{path}:{_lines(stream)}: ends without an event")
    events = [tidied(frame) for frame in frames]
    _warn_of_broken_json(path, frames, events)
    return Recording(
        name=_NOT_IN_A_NAME.sub("-", path.stem)[:_LONGEST_NAME],
        path=path,
        frames=frames,
        events=[name_of(frame) for frame in events],
        sidecar=read_sidecar(path.with_suffix(".json"), len(frames)),
    )


def cut(stream: bytes) -> Sequence[bytes]:
    """Cut after each event, that is after the blank line behind data; no byte gets lost."""
    frames = []
    start = 0
    for blank in BLANK_LINE.finditer(stream):
        if _DATA_LINE.search(stream[start : blank.end()]):
            frames.append(stream[start : blank.end()])
            start = blank.end()
    rest = stream[start:]
    if _DATA_LINE.search(rest):
        return [*frames, rest]
    return [*frames[:-1], frames[-1] + rest] if frames else []


def tidied(frame: bytes) -> Frame:
    """The event of a frame, as the relay would take it from the wire."""
    splitter = FrameSplitter(len(frame))
    return [*splitter.feed(frame), *splitter.end()][0]


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.sse"))


def _lines(text: bytes) -> int:
    return len(re.findall(_END_OF_LINE, text)) + 1


def _warn_of_broken_json(path: Path, frames: Sequence[bytes], events: Sequence[Frame]) -> None:
    # No error: an upstream may send this, and it is relayed as it came.  The last frame may be
    # what was left when a stream broke off.
    for index, frame in enumerate(events[:-1]):
        text = frame.rpartition(b"data:")[2].strip()
        if data_of(frame) is None and text not in {b"null", b"[DONE]"}:
            line = _lines(b"".join(frames[:index]))
            _logger.warning("%s:%d: the data of this event is no JSON", path, line)
