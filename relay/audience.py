"""Those who are live on a feed, and how they are sent what comes."""

import asyncio
import time

from .frames import relay_frame

PING = relay_frame("relay.ping", {}) + b"\n\n"


class Follower:
    """A connection that is up to date: it is sent each block as it comes.

    It holds no queue.  Once its transport has more than `buffer_bytes` to send it leaves; from
    there on it is a position in the log.
    """

    __slots__ = ("buffer_bytes", "chunked", "left", "run_id", "transport", "unsent", "write")

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        buffer_bytes: int,
        *,
        chunked: bool,
        run_id: str | None = None,
    ) -> None:
        self.transport = transport
        # Looked up once: these two are all that a delivery calls.
        self.write = transport.write
        self.unsent = transport.get_write_buffer_size
        self.buffer_bytes = buffer_bytes
        # Whether the body is chunked: HTTP/1.0, which many proxies speak, has none.
        self.chunked = chunked
        # Only this run's frames are wanted; None for all.
        self.run_id = run_id
        # Set, to the position up to which it was served, when it is live no longer.
        self.left: asyncio.Future[int] = asyncio.get_running_loop().create_future()


class Audience:
    """Those who are live and want the same: all of a thread, or one of its runs."""

    __slots__ = ("followers", "has_heard", "heard_at")

    def __init__(self) -> None:
        # In the order in which they came: those beside each other are served one after the other.
        self.followers: dict[Follower, None] = {}
        # Whether they were sent anything since the last sweep, and when the sweep before that saw
        # it, in monotonic seconds: to look at the clock for each token costs more than that.
        self.has_heard = False
        self.heard_at = time.monotonic()

    def send(self, data: bytes, position: int) -> None:
        """The very same bytes to each; whoever has too much to send already leaves."""
        self.has_heard = True
        if not self.followers:
            return
        # One chunk of a chunked body (RFC 9112, 7.1).
        chunk = b"%x\r\n%b\r\n" % (len(data), data)
        behind = []
        for follower in self.followers:
            # To call what a slot holds takes longer than to call a local.
            write, unsent = follower.write, follower.unsent
            try:
                write(chunk if follower.chunked else data)
            except RuntimeError:
                # uvloop's word for a connection that is gone; its handler is about to hear.
                behind.append(follower)
                continue
            if unsent() > follower.buffer_bytes:
                behind.append(follower)
        for follower in behind:
            self.leave(follower, position)

    def leave(self, follower: Follower, position: int) -> None:
        self.followers.pop(follower, None)
        if not follower.left.done():
            follower.left.set_result(position)

    def sweep(self, position: int, now: float, ping_seconds: float) -> None:
        for follower in [one for one in self.followers if one.transport.is_closing()]:
            self.leave(follower, position)
        if self.has_heard:
            self.heard_at = now
        elif self.followers and now - self.heard_at >= ping_seconds:
            self.send(PING, position)
            self.heard_at = now
        self.has_heard = False
