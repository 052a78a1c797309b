"""Files and recordings whose 200 is out: the rest follows, or the connection breaks off."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from .byte_servers import ByteServer
from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS
from .relays import Relay
from .sockets import answer_to, request
from .test_follow_slow import everything_from

NAMED = [{"id": "msg_1", "role": "assistant", "content": [{"image_file": {"file_id": "file-1"}}]}]
FILE = "/threads/thread_1/files/file-1/content"

# More than all buffers on the way hold.
LARGE = 30_000_000


@asynccontextmanager
async def unread(relay: Relay, target: str) -> AsyncIterator[socket.socket]:
    """A connection that has asked for something, and reads nothing of it."""
    address = urlsplit(relay.url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        connection.setblocking(False)  # noqa: FBT003  (socket's own signature)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (address.hostname, address.port))
        await loop.sock_sendall(connection, request("GET", target))
        yield connection


@dataclass
class Watched(ByteServer):
    """Knows when whoever asked for a file takes no more of it."""

    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            return await super()._file(request)
        finally:
            self.left.set()


async def test_whoever_does_not_read_a_file_is_cut_off(start_relay: StartRelay) -> None:
    async with Watched.started(messages=NAMED, file=b"x" * LARGE) as server:
        assert isinstance(server, Watched)
        relay = await start_relay(openai_base_url=server.url, slow_follower_seconds=0.2)

        async with unread(relay, FILE) as connection:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await server.left.wait()
            received = await everything_from(connection)

    assert received.count(b"HTTP/1.1 ") == 1
    assert len(received) < LARGE


async def test_a_recording_with_a_frame_beyond_the_limit_breaks_off_after_what_fits(
    start_relay: StartRelay, tmp_path: Path
) -> None:
    frames = [b"data: 1", b"data: " + b"x" * 1000, b"data: 3"]
    (tmp_path / "long.sse").write_bytes(b"".join(frame + b"\n\n" for frame in frames))
    relay = await start_relay(recordings=(tmp_path,), max_frame_bytes=500)

    answer = await answer_to(relay, "GET", "/recordings/long/events?speed=0")

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"id: 1\ndata: 1\n\n" in answer
    assert b"data: 3" not in answer
    assert not answer.endswith(b"0\r\n\r\n")
