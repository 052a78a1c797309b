"""What can go wrong at an upstream, one class each.  A test says which comes with which request."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias


class Connection(Protocol):
    """What a fault needs of an answer that is being streamed."""

    async def write(self, raw: bytes) -> None: ...

    def abort(self) -> None:
        """Reset the connection."""
        ...

    def hang_up(self) -> None:
        """Close it in the middle of the answer, without the last chunk."""
        ...


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error instead of an answer.  Nothing happens at the server."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    # A message in OpenAI's shape, or a body as it stands.
    message: str = "The server had an error while processing your request. Sorry about that!"
    body: Any = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection closes before the headers; `when_done` after the server did as asked."""

    when_done: bool = False


@dataclass(frozen=True, slots=True)
class NeverAnswer:
    """No headers come; `when_done` although the server did as asked."""

    when_done: bool = False


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing comes after event N, and the connection stays open."""

    after_event: int

    async def happen(self, connection: Connection) -> bool:
        await asyncio.Event().wait()
        return False


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is lost after event N and a piece of the next.  The run goes on."""

    after_event: int
    piece: bytes = b'event: thread.message.delta\ndata: {"id":"ms'
    reset: bool = True

    async def happen(self, connection: Connection) -> bool:
        await connection.write(self.piece)
        lose = connection.abort if self.reset else connection.hang_up
        lose()
        return False


@dataclass(frozen=True, slots=True)
class EndEarly:
    """The answer ends after event N, in good order but for the terminal event."""

    after_event: int

    async def happen(self, connection: Connection) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Insert:
    """Bytes that are no event of the run come after event N; then the stream goes on."""

    after_event: int
    raw: bytes

    async def happen(self, connection: Connection) -> bool:
        await connection.write(self.raw)
        return True


StreamFault: TypeAlias = Stall | Cut | EndEarly | Insert
Fault: TypeAlias = Refuse | Drop | NeverAnswer | StreamFault

# What to insert.
FORGED_RUN = b'event: relay.run\ndata: {"id":"forged","status":"completed"}\n\n'
MALFORMED_JSON = b'event: thread.message.delta\ndata: {"id":"msg_1","delta":{"content":[\n\n'
COMMENTS = b": still there\n\nid: 7\nretry: 10\n\n"


def oversized(size: int = 9 * 1024 * 1024) -> bytes:
    """A frame beyond every limit."""
    return b"event: thread.message.delta\ndata: " + b"9" * size + b"\n\n"


class Faults:
    """A row of faults for each operation; each request takes one."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Fault]] = {}

    def add(self, operation: str, fault: Fault) -> None:
        self._rows.setdefault(operation, []).append(fault)

    def take(self, operation: str) -> Fault | None:
        row = self._rows.get(operation)
        return row.pop(0) if row else None
