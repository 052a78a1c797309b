"""What a client reads of an event stream: whole frames, and how the stream ends."""

import asyncio
import json
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from reducer import EventReader, reduce, reduce_runs

# Long enough for a busy machine; only a test that fails waits for it.
PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame as the relay sent it.  `body` is all but its `id:` line and its blank line."""

    raw: bytes
    id: str | None
    body: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        first, _, rest = raw.partition(b"\n")
        if not first.startswith(b"id: "):
            return cls(raw, None, raw)
        return cls(raw, first[4:].decode(), rest)

    @property
    def event(self) -> str:
        first = self.body.partition(b"\n")[0]
        return first[7:].decode(errors="replace") if first.startswith(b"event: ") else ""

    @property
    def text(self) -> bytes:
        """What follows `data: ` in a frame of one data line."""
        return self.body.rpartition(b"data: ")[2]

    @property
    def data(self) -> Any:
        return json.loads(self.text)

    @property
    def is_own(self) -> bool:
        """Whether the relay itself said it."""
        return self.event.startswith("relay.")

    def says(self, status: str | Container[str], run_id: str | None = None) -> bool:
        """Whether it is the relay's word on a run: of this status, or one of these."""
        if not self.body.startswith(b"event: relay.run\n"):
            return False
        run = self.data
        return run["status"] in ([status] if isinstance(status, str) else status) and (
            run_id in (None, run["id"])
        )


class EventStream:
    """The body of an answer, frame by frame; the prelude is read first."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.retry_ms = 0
        # The cursor that the stream goes on from, before and after each frame.
        self.cursor = ""
        # What has come but was not asked for yet: frames, the first one last, and half a frame.
        self._blocks: list[bytes] = []
        self._rest = b""

    async def begin(self) -> None:
        prelude = await self._block()
        retry, cursor = (prelude or b"").split(b"\n")
        assert retry.startswith(b"retry: ")
        assert cursor.startswith(b"id: ")
        self.retry_ms, self.cursor = int(retry[7:]), cursor[4:].decode()

    async def next(self) -> Sent:
        raw = await self._block()
        assert raw is not None, "the stream has ended"
        return self._sent(raw)

    async def until(self, is_it: Callable[[Sent], bool]) -> list[Sent]:
        """All frames up to the first that it is, and that one."""
        frames = [await self.next()]
        while not is_it(frames[-1]):
            frames.append(await self.next())
        return frames

    async def until_said(self, status: str, run_id: str | None = None) -> list[Sent]:
        return await self.until(lambda frame: frame.says(status, run_id))

    async def asked(self) -> Any:
        """The run, once it waits for tool outputs."""
        return (await self.until_said("requires_action"))[-1].data

    async def until_ended(self, run_id: str | None = None) -> list[Sent]:
        return await self.until(lambda frame: is_terminal(frame, run_id))

    async def rest(self) -> list[Sent]:
        """All frames up to the end, which must be a proper one: a cut raises ClientPayloadError."""
        frames = []
        while (raw := await self._block()) is not None:
            frames.append(self._sent(raw))
        return frames

    async def _block(self) -> bytes | None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self._blocks:
                chunk = await self.response.content.readany()
                if not chunk:
                    assert not self._rest, "the stream ends in the middle of a frame"
                    return None
                *blocks, self._rest = (self._rest + chunk).split(b"\n\n")
                self._blocks = blocks[::-1]
        return self._blocks.pop()

    def _sent(self, raw: bytes) -> Sent:
        frame = Sent.parse(raw)
        self.cursor = frame.id or self.cursor
        return frame


TERMINAL = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})


def is_terminal(frame: Sent, run_id: str | None = None) -> bool:
    return frame.says(TERMINAL, run_id)


def statuses(frames: Iterable[Sent], run_id: str | None = None) -> list[str]:
    """What the relay said of a run, one after the other."""
    said = [frame.data for frame in frames if frame.event == "relay.run"]
    return [run["status"] for run in said if run_id in (None, run["id"])]


def folded(frames: Iterable[Sent], before: Sequence[Any] = ()) -> list[Any]:
    """The thread list of someone who has watched these frames."""
    thread: Sequence[Any] = list(before)
    for event in _events(frames):
        thread = reduce(thread, event)
    return list(thread)


def folded_runs(frames: Iterable[Sent]) -> list[Any]:
    runs: Sequence[Any] = []
    for event in _events(frames):
        runs = reduce_runs(runs, event)
    return list(runs)


def _events(frames: Iterable[Sent]) -> list[Any]:
    reader = EventReader()
    return reader.feed(b"".join(frame.raw + b"\n\n" for frame in frames))
