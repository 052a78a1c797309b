"""Those who are live on a feed, and how they are sent what comes."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeAlias

from .frames import relay_frame

PING = relay_frame("relay.ping", {}) + b"\n\n"

# How many bytes go to all before each is asked how much it has to send: to ask for every token
# costs a tenth of the delivery.
_ASK_BYTES = 8 * 1024

# Takes one chunk of a chunked body (RFC 9112, 7.1).
Write: TypeAlias = Callable[[bytes], None]


class Follower:
    """A connection that is up to date: it is sent each block as it comes.

    It holds no queue.  Once it is seen that its transport has more than `buffer_bytes` to send it
    leaves; from there on it is a position in the log.
    """

    __slots__ = ("_buffer_bytes", "left", "run_id", "transport", "write")

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        buffer_bytes: int,
        *,
        chunked: bool,
        run_id: str | None = None,
    ) -> None:
        self.transport = transport
        # All that a delivery calls.  HTTP/1.0, which many proxies speak, has no chunks.
        self.write: Write = transport.write if chunked else _without_chunks(transport)
        self._buffer_bytes = buffer_bytes
        # Only this run's frames are wanted; None for all.
        self.run_id = run_id
        # Set, to the position up to which it was served, when it is live no longer.
        self.left: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def is_gone(self) -> bool:
        return self.transport.is_closing()

    def is_behind(self) -> bool:
        return self.transport.get_write_buffer_size() > self._buffer_bytes


def _without_chunks(transport: asyncio.WriteTransport) -> Write:
    return lambda chunk: transport.write(chunk[chunk.index(b"\r\n") + 2 : -2])


class Audience:
    """Those who are live and want the same: all of a thread, or one of its runs."""

    __slots__ = ("_followers", "_unasked", "has_heard", "heard_at")

    def __init__(self) -> None:
        # Each with its `write`, so that a delivery touches nothing else of it.  In the order in
        # which they came: those beside each other are served one after the other.
        self._followers: dict[Follower, Write] = {}
        # How many bytes went to all since each was asked how much it has to send.
        self._unasked = 0
        # Whether they were sent anything since the last sweep, and when the sweep before that saw
        # it, in monotonic seconds: to look at the clock for each token costs more than that.
        self.has_heard = False
        self.heard_at = time.monotonic()

    @property
    def is_empty(self) -> bool:
        return not self._followers

    def join(self, follower: Follower) -> None:
        self._followers[follower] = follower.write

    def send(self, data: bytes, position: int) -> None:
        """The very same bytes to each; now and then whoever has too much to send leaves."""
        self.has_heard = True
        if not self._followers:
            return
        chunk = b"%x\r\n%b\r\n" % (len(data), data)
        behind = []
        for follower, write in self._followers.items():
            try:
                write(chunk)
            except RuntimeError:
                # uvloop's word for a connection that is gone; its handler is about to hear.
                behind.append(follower)
        self._unasked += len(chunk)
        if self._unasked >= _ASK_BYTES:
            self._unasked = 0
            behind += [follower for follower in self._followers if follower.is_behind()]
        for follower in behind:
            self.leave(follower, position)

    def leave(self, follower: Follower, position: int) -> None:
        self._followers.pop(follower, None)
        if not follower.left.done():
            follower.left.set_result(position)

    def release(self, position: int) -> None:
        """Let all go."""
        for follower in list(self._followers):
            self.leave(follower, position)

    def sweep(self, position: int, now: float, ping_seconds: float) -> None:
        for follower in [one for one in self._followers if one.is_gone() or one.is_behind()]:
            self.leave(follower, position)
        if self.has_heard:
            self.heard_at = now
        elif self._followers and now - self.heard_at >= ping_seconds:
            self.send(PING, position)
            self.heard_at = now
        self.has_heard = False
