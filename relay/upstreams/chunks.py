"""The bytes of a body as they arrive, and what is done when none do."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import httpx2

from ..errors import UpstreamLost

# How often a silent stream is looked at, in seconds.
_LOOK_SECONDS = 1.0


class Chunks:
    """Nothing stands between this and aiohttp's reader.

    Silence is watched here, not by aiohttp's `sock_read`: that sets a timer anew for every read,
    and it does not wake a reader whose connection was closed for a malformed chunk.
    """

    __slots__ = ("_last", "_loop", "_read", "_response", "_stall_seconds", "_timer")

    def __init__(self, response: aiohttp.ClientResponse, stall_seconds: float) -> None:
        self._response = response
        self._read = response.content.readany
        self._stall_seconds = stall_seconds
        self._loop = asyncio.get_running_loop()
        # When something arrived last, in the loop's time.
        self._last = self._loop.time()
        self._timer = self._loop.call_later(min(_LOOK_SECONDS, stall_seconds), self._look)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._read()
        except TimeoutError:
            raise _silent() from None
        except (aiohttp.ClientError, OSError):
            raise UpstreamLost("the upstream broke off in mid-stream") from None
        if not chunk:
            raise StopAsyncIteration
        self._last = self._loop.time()
        return chunk

    def close(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        content = self._response.content
        if content.is_eof() or content.exception() is not None:
            return
        silence = self._loop.time() - self._last
        if self._is_cut():
            content.set_exception(aiohttp.ClientPayloadError("the connection was closed"))
        elif silence >= self._stall_seconds:
            content.set_exception(TimeoutError())
        else:
            wait = min(_LOOK_SECONDS, self._stall_seconds - silence)
            self._timer = self._loop.call_later(wait, self._look)

    def _is_cut(self) -> bool:
        connection = self._response.connection
        transport = connection.transport if connection is not None else None
        return transport is None or transport.is_closing()


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
