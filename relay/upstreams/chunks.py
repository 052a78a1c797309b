"""The bytes of a body as they arrive, and what is done when none do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import aiohttp
import httpx2

from ..errors import UpstreamLost

# How often a silent stream is looked at, in seconds.
_LOOK_SECONDS = 1.0


class ArrivingChunks(asyncio.Protocol):
    """Stands between a connection and aiohttp's protocol for it: tells that all that happens, and
    then looks what has come of the body.

    So a chunk can be taken as it comes, since to wake a task costs more than a token does.  Silence
    is watched here, not by aiohttp's `sock_read`, which sets a timer anew for every read.

    Nearly always one read brings one whole chunk.  Between two chunks aiohttp's parser is where it
    was before the first, so it need not hear of what is taken there: that is half the work.
    """

    def __init__(self, response: aiohttp.ClientResponse, stall_seconds: float) -> None:
        self._content = response.content
        self._take: Callable[[bytes], bool] | None = None
        # What has been read and was not taken.
        self._chunk = b""
        # How many bytes have been read, and how many were taken without aiohttp.
        self._position = self._passed = 0
        # Whether aiohttp's parser is known to be between two chunks.
        self._is_between = False
        # Done when there is something for whoever waits, if only the end.
        self._waiter: asyncio.Future[None] | None = None
        self._stall_seconds = stall_seconds
        self._loop = asyncio.get_running_loop()
        # How many bytes had arrived at the last look, and the time of the look that saw them first.
        self._arrived, self._since = 0, self._loop.time()
        self._timer = self._loop.call_later(min(_LOOK_SECONDS, stall_seconds), self._look)
        # None where the body has ended: the connection is in aiohttp's pool then.
        self._transport = response.connection.transport if response.connection else None
        if self._transport:
            self._protocol = cast(asyncio.Protocol, self._transport.get_protocol())
            self._transport.set_protocol(self)
        self._content.on_eof(self._end)
        if not self._transport:
            self._lose()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            while not (chunk := self._next()):
                if self._content.is_eof():
                    raise StopAsyncIteration
                await self._something()
        except TimeoutError:
            raise _silent() from None
        except (aiohttp.ClientError, OSError):
            raise UpstreamLost("the upstream broke off in mid-stream") from None
        return chunk

    def offer(self, take: Callable[[bytes], bool]) -> None:
        self._take = take

    def close(self) -> None:
        self._timer.cancel()
        self._step_aside()

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self._is_between = False
            self._protocol.data_received(data)
            return
        # It may be one whole chunk (RFC 9112, 7.1).
        size, _, rest = data.partition(b"\r\n")
        is_whole = rest.endswith(b"\r\n") and size.lower() == b"%x" % (len(rest) - 2)
        take, whole = self._take, rest[:-2] if is_whole else b""
        if whole and self._is_between and take is not None:
            if take(whole):
                self._passed += len(whole)
                return
            # It has been shown once.
            take = None
        self._protocol.data_received(data)
        self._show(take, whole)

    def _show(self, take: Callable[[bytes], bool] | None, whole: bytes) -> None:
        """What aiohttp has made of a read, which may be one whole chunk."""
        content, position = self._content, self._position
        self._is_between = False
        # Once, or more often where aiohttp had to hold something back.
        while self._position < content.total_bytes and content.exception() is None:
            chunk = self._read()
            is_all = position + len(chunk) == self._position == content.total_bytes
            self._is_between = is_all and chunk == whole and _cannot_mislead(chunk)
            if take is None or not take(chunk):
                self._chunk = chunk
                self._wake()
                return

    def connection_lost(self, error: Exception | None) -> None:
        self._protocol.connection_lost(error)
        self._lose()

    def eof_received(self) -> bool | None:
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def _next(self) -> bytes:
        chunk, self._chunk = self._chunk, b""
        return chunk or self._read()

    def _read(self) -> bytes:
        chunk = self._content.read_nowait()
        self._position += len(chunk)
        return chunk

    async def _something(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self) -> None:
        """The body has ended, so that the connection is free for another request."""
        self._step_aside()
        self._wake()

    def _lose(self) -> None:
        """The connection is gone: aiohttp tells its reader so only if that is a surprise."""
        if not self._content.is_eof() and self._content.exception() is None:
            self._fail(aiohttp.ClientPayloadError("the connection was closed"))
        self._wake()

    def _fail(self, error: Exception) -> None:
        self._content.set_exception(error)
        self._wake()

    def _step_aside(self) -> None:
        if self._transport:
            self._transport.set_protocol(self._protocol)
            self._transport = None

    def _look(self) -> None:
        now, arrived = self._loop.time(), self._content.total_bytes + self._passed
        if arrived > self._arrived:
            self._arrived, self._since = arrived, now
        left = self._stall_seconds - (now - self._since)
        if left <= 0:
            self._fail(TimeoutError())
        else:
            self._timer = self._loop.call_later(min(_LOOK_SECONDS, left), self._look)


def _cannot_mislead(chunk: bytes) -> bool:
    """Whether to read just this in a whole chunk shows that the parser is between two chunks.

    In the middle of one it takes the size for data.  So of the chunk `1` it reads `1` as well, and
    is in the middle of another one then; longer chunks that do so hold line ends.
    """
    return len(chunk) > 1 and b"\r" not in chunk


class MadeChunks:
    """Chunks that are made when they are asked for, so that none comes by itself."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        return self._chunks.__anext__()

    def offer(self, take: Callable[[bytes], bool]) -> None:
        """There is never anything to show."""


def _silent() -> UpstreamLost:
    return UpstreamLost("the upstream fell silent in mid-stream", kind="silent")


async def decoded(response: httpx2.Response, stall_seconds: float) -> AsyncIterator[bytes]:
    """The same from a server that compresses although it was asked not to."""
    chunks = response.aiter_bytes()
    try:
        while True:
            async with asyncio.timeout(stall_seconds):
                chunk = await anext(chunks, b"")
            if not chunk:
                return
            yield chunk
    except TimeoutError:
        raise _silent() from None
    except httpx2.HTTPError:
        raise UpstreamLost("the upstream broke off in mid-stream") from None
