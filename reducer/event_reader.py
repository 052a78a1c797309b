"""From the bytes of a stream to events (WHATWG HTML, 9.2.5 and 9.2.6)."""

import codecs
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from .context import current_run
from .event import event_of
from .types import Event, Run


class EventReader:
    """Takes chunks of any size, gives back the events that they complete."""

    def __init__(self, run: Run | None = None) -> None:
        # The current run, which goes on from one stream to the next.
        self.run = run
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        # A byte order mark counts only as the first character.
        self._is_at_start = True
        # A LF that follows a CR belongs to it, also when it comes in the next chunk.
        self._ended_in_cr = False
        # A line that has not ended yet, in pieces, so that a long one is joined once.
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []
        # An id is valid until the next one.
        self._id = ""

    def feed(self, chunk: bytes | str) -> list[Event]:
        """Read on.  The bytes may be cut anywhere, also within a character."""
        return self._read(chunk if isinstance(chunk, str) else self._decoder.decode(chunk))

    def end(self) -> list[Event]:
        """Take what came last as complete.  What is fed from here on is another stream."""
        # One line end for the last line, and one for the blank line after it.
        events = self._read(self._decoder.decode(b"", final=True) + "\n\n")
        self._is_at_start = True
        self._id = ""
        return events

    def _read(self, text: str) -> list[Event]:
        if self._is_at_start and text:
            self._is_at_start = False
            text = text.removeprefix("\ufeff")
        if self._ended_in_cr and text:
            self._ended_in_cr = False
            text = text.removeprefix("\n")
        if text.endswith("\r"):
            self._ended_in_cr = True
        # Not splitlines(): it also cuts at U+2028 and others, which JSON may contain.
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events = []
        for rest in lines[:-1]:
            if event := self._take("".join([*self._line, rest])):
                events.append(event)
            self._line = []
        self._line.append(lines[-1])
        return events

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._finish()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _finish(self) -> Event | None:
        name, data = self._name, self._data
        self._name, self._data = "", []
        if not data:
            return None
        event = event_of(name, "\n".join(data), self._id)
        self.run = current_run(self.run, event)
        return event if self.run is None else {**event, "run": self.run}


def read_events(chunks: Iterable[bytes | str], run: Run | None = None) -> Iterator[Event]:
    """The events of a stream, as its chunks come."""
    reader = EventReader(run)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.end()


async def aread_events(
    chunks: AsyncIterable[bytes | str], run: Run | None = None
) -> AsyncIterator[Event]:
    """The same, over chunks that are waited for."""
    reader = EventReader(run)
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event
    for event in reader.end():
        yield event
