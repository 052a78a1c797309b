"""The `assistants` upstream: a body that breaks the rules of HTTP (RFC 9112, 7.1)."""

import asyncio

import pytest

from relay.errors import UpstreamLost
from relay.settings import Settings
from relay.upstreams.assistants import AssistantsUpstream

from .asking import read_rest, start

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"9\r\ndata: 1\n\n\r\n"
)


class Server:
    """Sends an event, and the malformed rest once it is told to."""

    def __init__(self, tail: bytes) -> None:
        self.may_go_on = asyncio.Event()
        self.is_left = asyncio.Event()
        self._tail = tail

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_HEAD)
        await self.may_go_on.wait()
        writer.write(self._tail)
        # The connection stays open here: it is the relay that closes it.
        await reader.read()
        writer.close()
        self.is_left.set()


@pytest.mark.parametrize(
    "tail",
    [b"zz\r\nfoo\r\n", b"5\r\nabcdefgh\r\n"],
    ids=["a size that is none", "a chunk longer than its size"],
)
async def test_a_malformed_chunk_ends_the_stream_long_before_silence_would(tail: bytes) -> None:
    server = Server(tail)
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    fields = {
        "upstream": "assistants",
        "openai_api_key": "any",
        "openai_base_url": f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1",
        "stall_timeout": 3600,
    }
    upstream = AssistantsUpstream(Settings.model_validate(fields))

    async with upstream.start_run(start("thread_1")) as chunks:
        first = await anext(chunks)
        server.may_go_on.set()
        with pytest.raises(UpstreamLost, match="broke off"):
            await read_rest(chunks)

    assert first == b"data: 1\n\n"
    await upstream.close()
    await server.is_left.wait()
    listening.close()
    await listening.wait_closed()
