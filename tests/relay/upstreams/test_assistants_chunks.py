"""The `assistants` upstream: a body as it arrives, in chunks (RFC 9112, 7.1)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
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
        self.pieces: Iterable[bytes] = pieces

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_HEAD + in_chunks(event(1)))
        for piece in self.pieces:
            await self.may_go_on.acquire()
            writer.write(piece)
        # The connection stays open here: it is the relay that closes it.
        await reader.read()
        writer.close()
        self.is_left.set()


class Taker:
    """Takes the chunks that it is told to, and lets the server go on with each that it is shown."""

    def __init__(self, server: Server, takes: Callable[[bytes], bool]) -> None:
        self.shown: list[bytes] = []
        self._server = server
        self._takes = takes

    def __call__(self, chunk: bytes) -> bool:
        self.shown.append(chunk)
        self._server.may_go_on.release()
        return self._takes(chunk)


async def pass_on() -> None:
    """What was ready to be written has been read: a thread's answer comes behind it."""
    for _ in range(3):
        await asyncio.to_thread(int)


@asynccontextmanager
async def run_at(server: Server, stall_seconds: float = 3600) -> AsyncIterator[Chunks]:
    """The stream of a run, once its first event has been read."""
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    fields = {
        "upstream": "assistants",
        "openai_api_key": "any",
        "openai_base_url": f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1",
        "stall_timeout": stall_seconds,
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
    [b"zz\r\nfoo\r\n", b"5\r\nabcdefgh\r\n", b"5\r\nabcdefg", b"0x5\r\nabcde\r\n"],
    ids=["a size that is none", "longer than its size", "no line end", "a size of Python's"],
)
async def test_a_malformed_chunk_ends_the_stream_long_before_silence_would(tail: bytes) -> None:
    server = Server(in_chunks(event(2)), in_chunks(event(3)), tail)
    take = Taker(server, lambda _chunk: True)

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        with pytest.raises(UpstreamLost, match="broke off"):
            await read_rest(chunks)

    assert take.shown[:2] == [event(2), event(3)]


async def test_what_is_taken_as_it_comes_is_not_given_out() -> None:
    server = Server(in_chunks(event(2)), in_chunks(event(3)), in_chunks(event(4)), b"0\r\n\r\n")
    take = Taker(server, lambda chunk: chunk == event(3))

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        rest = await read_rest(chunks)

    assert take.shown == [event(2), event(3), event(4)]
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


@pytest.mark.parametrize("is_taken", [True, False])
async def test_chunks_are_read_right_wherever_reads_are_cut(*, is_taken: bool) -> None:
    looks_whole, too = in_chunks(b"data: in a chunk"), in_chunks(b"data: and more")
    pieces = {
        in_chunks(event(2)): event(2),
        in_chunks(event(3)): event(3),
        in_chunks(event(4)) + b"9\r\ndata:": event(4) + b"data:",
        b" 5\n\n\r\n": b" 5\n\n",
        in_chunks(event(6)): event(6),
        in_chunks(event(7)) + b"%x\r\n" % len(looks_whole + too): event(7),
        looks_whole: looks_whole,
        too: too,
        b"\r\n" + in_chunks(event(8)): event(8),
        in_chunks(event(9)): event(9),
        b"4\r\nabc": b"abc",
        b"3\r\n3\r\n\r\n": b"3\r\n",
        b"5\r\n2\r\nab\r\n": b"5ab",
        b"2\r\na": b"a",
        b"1\r\n1\r\n": b"1",
        b"4\r\n5\r\nx\r\n": b"4x\r\n",
        b"yz\r\n": b"yz",
        b"9;name=value\r\n" + event(1) + b"\r\n": event(1),
        b"009\r\n" + event(2) + b"\r\n": event(2),
        in_chunks(event(3), event(4)): event(3) + event(4),
        in_chunks(event(5) * 12): event(5) * 12,
        in_chunks(event(6) * 12).replace(b"6c", b"6C"): event(6) * 12,
        in_chunks(event(7)) + b"0\r\n\r\n": event(7),
    }
    server = Server(*pieces)
    take = Taker(server, lambda _chunk: is_taken)

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        rest = await read_rest(chunks)

    assert take.shown == [*pieces.values()]
    assert rest == (b"" if is_taken else b"".join(pieces.values()))


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_a_size_that_came_by_itself_is_not_forgotten(*, is_awaited: bool) -> None:
    looks_whole = in_chunks(b"data: in a chunk")
    size = b"%x\r\n" % len(looks_whole)
    server = Server(in_chunks(event(2)), size, looks_whole, b"\r\n0\r\n\r\n")
    taken = []

    def take(chunk: bytes) -> bool:
        if chunk == event(2):
            return False
        taken.append(chunk)
        return True

    async with run_at(server) as chunks:
        chunks.offer(take)
        server.may_go_on.release()
        await anext(chunks)
        reading = asyncio.ensure_future(read_rest(chunks)) if is_awaited else None
        server.may_go_on.release()
        await pass_on()
        reading = reading or asyncio.ensure_future(read_rest(chunks))
        server.may_go_on.release()
        await pass_on()
        server.may_go_on.release()
        rest = await reading

    assert b"".join(taken) + rest == looks_whole


async def test_a_stream_of_which_all_is_taken_is_not_silent() -> None:
    """For longer than a stream may be silent, one event after the other."""
    loop = asyncio.get_running_loop()
    until = loop.time() + 2.5
    server = Server()

    def pieces() -> Iterator[bytes]:
        while loop.time() < until:
            yield in_chunks(event(2))
        yield in_chunks(event(3)) + b"0\r\n\r\n"

    server.pieces = pieces()
    async with run_at(server, stall_seconds=1) as chunks:
        chunks.offer(Taker(server, lambda chunk: chunk == event(2)))
        server.may_go_on.release()
        rest = await read_rest(chunks)

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
