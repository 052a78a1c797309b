"""Passes one upstream stream on as OpenAI would send it, for OpenAI's SDKs (`"stream": true`)."""

import asyncio
import logging

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from .feed import Feed
from .follow import abort, event_stream, open_stream
from .runs.run import Run, Span
from .settings import Settings

logger = logging.getLogger(__name__)

# One line, so that it can end up between any two lines and still dispatch nothing.
_KEEP_ALIVE = b":\n"


class Passing:
    """The frames of one stream from the log, without ids and without the relay's own."""

    def __init__(
        self, request: web.Request, feed: Feed, run: Run, span: Span, settings: Settings
    ) -> None:
        self._request = request
        self._feed = feed
        self._run = run
        self._span = span
        self._settings = settings

    async def respond(self) -> web.StreamResponse:
        """Ends cleanly only where the upstream's stream did; leaving it cancels nothing."""
        response = event_stream(self._settings, any_method=True)
        self._feed.connections += 1
        try:
            writer = await open_stream(response, self._request)
            await self._pass_on(writer)
            if not self._span.is_whole:
                abort(self._request)
        except (ConnectionError, TimeoutError) as error:
            logger.debug("a stream was passed on in part: %s", error)
            abort(self._request)
        except Exception:
            logger.exception("a stream could not be passed on")
            abort(self._request)
        finally:
            self._feed.connections -= 1
        return response

    async def _pass_on(self, writer: AbstractStreamWriter) -> None:
        position = self._span.start
        # The end of the stream is looked at anew after each wait: it may have come meanwhile.
        while self._span.last is None or position < self._span.last:
            if position < self._feed.log.trimmed:
                raise ConnectionResetError("its frames are gone already")
            if position < self._feed.position:
                block = await self._feed.log.read(position, self._run.id)
                position = block.last
                await self._write(writer, _own(block.data, self._span.last))
            elif self._feed.is_closed or self._is_lost:
                return
            elif not await self._feed.changed(self._settings.ping_seconds):
                await self._write(writer, _KEEP_ALIVE)

    @property
    def _is_lost(self) -> bool:
        """Whether the relay that copied the stream died, and nobody can tell where it ended."""
        return self._run.is_terminal and self._span.last is None

    async def _write(self, writer: AbstractStreamWriter, data: bytes) -> None:
        if data:
            async with asyncio.timeout(self._settings.slow_follower_seconds):
                await writer.write(data)


def _own(data: bytes, last: int | None) -> bytes:
    """What the upstream sent, up to a position, of stamped frames."""
    frames = []
    for stamped in data.split(b"\n\n")[:-1]:
        stamp, _, frame = stamped.partition(b"\n")
        is_within = last is None or int(stamp.rpartition(b"-")[2]) <= last
        if is_within and not frame.startswith(b"event: relay."):
            frames.append(frame + b"\n\n")
    return b"".join(frames)
