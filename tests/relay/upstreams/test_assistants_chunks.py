"""The `assistants` upstream: a body as it arrives, in chunks (RFC 9112, 7.1)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from relay.errors import UpstreamLost
from relay.settings import Settings
from relay.upstreams import Chunks
from relay.upstreams.assistants import AssistantsUpstream

from .asking import read_rest, start

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(number: int) -> bytes:
    return b"data: %d\n\n" % number


def in_chunks(*bodies: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(body), body) for body in bodies)


class Server:
    """Sends an event, and each further piece once it is told to go on."""

    def __init__(self, *pieces: bytes) -> None:
        self.may_go_on = asyncio.Semaphore(0)
        self.is_left = asyncio.Event()
        self._pieces = pieces

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_HEAD + in_chunks(event(1)))
        for piece in self._pieces:
            await self.may_go_on.acquire()
            writer.write(piece)
        # The connection stays open here: it is the relay that closes it.
        await reader.read()
        writer.close()
        self.is_left.set()


@asynccontextmanager
async def run_at(server: Server) -> AsyncIterator[Chunks]:
    """The stream of a run, once its first event has been read."""
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    fields = {
        "upstream": "assistants",
        "openai_api_key": "any",
        "openai_base_url": f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1",
        "stall_timeout": 3600,
    }
    upstream = AssistantsUpstream(Settings.model_validate(fields))
    async with upstream.start_run(start("thread_1")) as chunks:
        assert await anext(chunks) == event(1)
        yield chunks
    await upstream.close()
    await server.is_left.wait()
    listening.close()
    await listening.wait_closed()


@pytest.mark.parametrize(
    "tail",
    [b"zz\r\nfoo\r\n", b"5\r\nabcdefgh\r\n"],
    ids=["a size that is none", "a chunk longer than its size"],
)
async def test_a_malformed_chunk_ends_the_stream_long_before_silence_would(tail: bytes) -> None:
    server = Server(tail)

    async with run_at(server) as chunks:
        server.may_go_on.release()
        with pytest.raises(UpstreamLost, match="broke off"):
            await read_rest(chunks)


async def test_what_is_taken_as_it_comes_is_not_given_out() -> None:
    server = Server(in_chunks(event(2)), in_chunks(event(3)), in_chunks(event(4)), b"0\r\n\r\n")
    shown = []

    def take(chunk: bytes) -> bool:
        shown.append(chunk)
        server.may_go_on.release()
        return chunk == event(3)

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        rest = await read_rest(chunks)

    assert shown == [event(2), event(3), event(4)]
    assert rest == event(2) + event(4)


async def test_nothing_is_shown_while_nobody_waits() -> None:
    server = Server(in_chunks(event(2)), in_chunks(event(3)) + b"0\r\n\r\n")
    shown = []

    def take(chunk: bytes) -> bool:
        shown.append(chunk)
        return False

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        second = await anext(chunks)
        server.may_go_on.release()
        rest = await read_rest(chunks)

    assert shown[0] == second == event(2)
    assert rest == event(3)


async def test_many_tiny_chunks_at_once_are_all_there() -> None:
    """So many that aiohttp stops in the middle of what it has read, and goes on once it is read."""
    count = 100_000
    server = Server(in_chunks(*[b"x"] * count) + in_chunks(b"end") + b"0\r\n\r\n")
    shown = []

    def take(chunk: bytes) -> bool:
        shown.append(chunk)
        return True

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        rest = await read_rest(chunks)

    assert b"".join(shown) + rest == b"x" * count + b"end"
