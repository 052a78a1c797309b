"""A follower that reads slowly holds up only itself, and is told what it missed."""

import asyncio
import re
import socket
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from relay.audience import Audience, Follower

from .byte_servers import ByteServer
from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS, statuses
from .relays import Relay
from .sockets import request

# As a frame this is what fills buffers fast.
FRAME = b"event: thread.x\ndata: " + b"x" * 100_000 + b"\n\n"
SMALL_FRAME = b"event: thread.x\ndata: " + b"x" * 1000 + b"\n\n"
END = b'event: thread.run.completed\ndata: {"id":"run_1"}\n\nevent: done\ndata: [DONE]\n\n'


@asynccontextmanager
async def stalled(relay: Relay, thread_id: str, *headers: str) -> AsyncIterator[socket.socket]:
    """A connection that follows a thread and reads nothing, with a small buffer."""
    address = urlsplit(relay.url)
    before = relay.followers(thread_id)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        connection.setblocking(False)  # noqa: FBT003  (socket's own signature)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (address.hostname, address.port))
        wanted = request("GET", f"/threads/{thread_id}/events", *headers)
        await loop.sock_sendall(connection, wanted)
        while relay.followers(thread_id) == before:
            await relay.get("/healthz")
        yield connection


async def everything_from(connection: socket.socket) -> bytes:
    """Read until the relay ends or resets the connection."""
    loop = asyncio.get_running_loop()
    received = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            while chunk := await loop.sock_recv(connection, 1 << 20):
                received += chunk
        except ConnectionResetError:
            return received
    return received


@pytest.mark.parametrize(("frame", "count"), [(FRAME, 100), (SMALL_FRAME, 10_000)])
async def test_a_follower_that_never_reads_is_dropped_and_the_others_miss_nothing(
    start_relay: StartRelay, frame: bytes, count: int
) -> None:
    async with ByteServer.started([frame] * count + [END]) as server:
        relay = await start_relay(openai_base_url=server.url, slow_follower_seconds=0.3)

        async with relay.follow("thread_1") as feed, stalled(relay, "thread_1") as connection:
            await relay.start("thread_1")
            frames = await feed.until_ended()
            while relay.followers("thread_1") > 1:
                await relay.get("/healthz")
            received = await everything_from(connection)

    assert len(frames) == count + 4
    assert statuses(frames) == ["in_progress", "completed"]
    assert not received.endswith(b"0\r\n\r\n")


async def test_whoever_has_too_much_to_send_is_let_go_although_nothing_follows() -> None:
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    follower, audience = Follower(transport, 1000, chunked=True), Audience()
    audience.join(follower)

    while not follower.is_behind():
        audience.send(b"x" * 100, 1)
    audience.sweep(1, now=0, ping_seconds=15)

    assert follower.left.result() == 1
    transport.abort()
    theirs.close()


async def test_followers_that_never_read_cost_no_more_than_a_buffer_each(
    start_relay: StartRelay,
) -> None:
    async with ByteServer.started([FRAME] * 200 + [END]) as server:
        relay = await start_relay(openai_base_url=server.url, log_max_bytes=1_000_000)

        async with many_stalled(relay, 20), relay.follow("thread_1") as feed:
            await relay.start("thread_1")
            tracemalloc.start()
            while (await feed.next()).event != "thread.run.completed":
                pass
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            still_there = relay.followers("thread_1")

    assert still_there == 21
    # Of 20 MB for each of 20 followers: the log, and for each what its buffer and one block hold.
    assert peak < 2_000_000 + 20 * 500_000


@asynccontextmanager
async def many_stalled(relay: Relay, count: int) -> AsyncIterator[None]:
    if not count:
        yield
        return
    async with stalled(relay, "thread_1"), many_stalled(relay, count - 1):
        yield


async def test_a_slow_follower_whose_place_is_trimmed_is_told(start_relay: StartRelay) -> None:
    async with ByteServer.started([FRAME] * 100 + [END]) as server:
        relay = await start_relay(openai_base_url=server.url, log_max_bytes=500_000)

        async with relay.follow("thread_1") as feed, stalled(relay, "thread_1") as connection:
            await relay.start("thread_1")
            await feed.until_ended()
            now = (await relay.get("/threads/thread_1/messages")).json["last_event_id"]
            loop = asyncio.get_running_loop()
            received = b""
            while f"id: {now}\n".encode() not in received:
                received += await asyncio.wait_for(loop.sock_recv(connection, 1 << 20), 20)

    ids = [int(number) for number in re.findall(rb"\nid: \w+-(\d+)\nevent", received)]
    gaps = [int(number) for number in re.findall(rb"\nid: \w+-(\d+)\nevent: relay.gap", received)]
    assert b'event: relay.gap\ndata: {"reason":"trimmed"}' in received
    assert ids_without_holes(ids, gaps)
    assert ids[-1] == 104


def ids_without_holes(ids: list[int], gaps: list[int]) -> bool:
    """Each id follows the one before it, or a gap stands there that has said where it goes on."""
    return all(later in (earlier + 1, *gaps) for earlier, later in pairwise(ids))


async def test_a_follower_that_was_slow_catches_up_and_misses_nothing(
    start_relay: StartRelay,
) -> None:
    async with ByteServer.started([FRAME] * 60 + [END]) as server:
        relay = await start_relay(openai_base_url=server.url)

        async with relay.follow("thread_1") as feed, stalled(relay, "thread_1") as connection:
            await relay.start("thread_1")
            frames = await feed.until_ended()
            last = frames[-1].raw
            loop = asyncio.get_running_loop()
            received = b""
            while last not in received:
                received += await asyncio.wait_for(loop.sock_recv(connection, 1 << 20), 20)

    ids = re.findall(rb"\nid: \w+-(\d+)\nevent", received)
    assert [int(number) for number in ids] == list(range(1, len(frames) + 1))
    assert b"relay.gap" not in received
