"""Follows a feed over one HTTP response: from the log while behind, live once up to date."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp_sse import EventSourceResponse

from .audience import PING, Follower
from .errors import RelayError
from .feed import Feed
from .frames import relay_frame
from .logs import Block, Cursor
from .measures import Lag, Measures
from .runs.run import Run
from .settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a follower is put in: a position, and why not at its cursor, if that is so."""

    position: int
    gap: str | None = None
    # Whether it comes back, and goes on from its cursor.
    is_resumed: bool = False


def place(feed: Feed, run: Run | None, cursor: str | None, *, of_run: bool) -> Place:
    """From a cursor; without one from the start of `run`, the one in progress, or else from now on.

    `earliest` is the whole log.  A cursor that cannot be gone on from is a gap, never an error.
    """
    start = feed.position if run is None or run.start is None else run.start
    first = first_kept(feed, run if of_run else None)
    fresh = Place(max(start, first), "trimmed" if start < first else None)
    if cursor is None:
        return fresh
    if cursor == "earliest":
        return fresh if of_run else Place(feed.log.trimmed)
    parsed = Cursor.parse(cursor)
    gap = feed.gap(parsed) if parsed else "malformed"
    if gap == "trimmed" and parsed is not None and parsed.position >= first:
        # Of this run it has nothing missed.
        gap = None
    if parsed is None or gap is not None:
        return Place(fresh.position, gap)
    return Place(parsed.position, is_resumed=True)


def first_kept(feed: Feed, run: Run | None) -> int:
    """The position to go on from where frames are gone.

    The last frame of a run that has ended is always there: it says no more than the run does.
    """
    trimmed = feed.log.trimmed
    if run is None or run.ended_at is None:
        return trimmed
    return min(trimmed, run.ended_at - 1)


class Following:
    """One connection.  Nothing that it raises may be an HTTP error: the 200 is out already."""

    __slots__ = ("_feed", "_measures", "_position", "_request", "_run", "_settings")

    def __init__(
        self,
        request: web.Request,
        feed: Feed,
        settings: Settings,
        measures: Measures,
        run: Run | None = None,
    ) -> None:
        self._request = request
        self._feed = feed
        self._settings = settings
        self._measures = measures
        # Only this run is followed, and the connection ends with it; None for the thread.
        self._run = run
        # Up to where it has been served from the log; None while it is live.
        self._position: int | None = None

    def lag(self) -> Lag:
        behind = 0 if self._position is None else max(0, self._feed.position - self._position)
        transport = self._request.transport
        is_open = transport is not None and not transport.is_closing()
        return Lag(behind, transport.get_write_buffer_size() if transport and is_open else 0)

    async def respond(self, at: Place) -> web.StreamResponse:
        self._measures.followers_resumed += at.is_resumed
        self._measures.following.add(self)
        self._feed.connections += 1
        response = event_stream(self._settings)
        try:
            async with once_begun(self._request):
                writer = await open_stream(response, self._request)
                await self._write(writer, self._prelude(at))
                await self._follow(writer, at.position)
        finally:
            self._feed.connections -= 1
            self._measures.following.discard(self)
        return response

    async def _follow(self, writer: AbstractStreamWriter, position: int) -> None:
        run_id = self._run.id if self._run else None
        while True:
            position = await self._catch_up(writer, position, run_id)
            if self._has_ended(position):
                return
            if position < self._feed.position:
                continue
            if position > self._feed.position or self._is_ending:
                # Read from the log before it has arrived here: it must not be sent again.  Or
                # the last frame is about to arrive, and nobody would be let go after it.
                if not await self._feed.changed(self._settings.ping_seconds):
                    await self._write(writer, PING)
                continue
            follower = self._follower(run_id)
            if not self._feed.join(follower, position):
                continue
            self._position = None
            try:
                position = await follower.left
            finally:
                self._feed.leave(follower)

    async def _catch_up(
        self, writer: AbstractStreamWriter, position: int, run_id: str | None
    ) -> int:
        """Write what the log has beyond the position, and wait until it has been taken.

        A follower that reads slowly holds up only itself; raises TimeoutError if it is too slow.
        """
        self._position = position
        log = self._feed.log
        while position < self._feed.position:
            block = await log.read(position, run_id)
            # Looked at afterwards: it may have been trimmed meanwhile, at another relay too.
            if position < log.trimmed:
                block = self._after_gap(position)
            await self._write(writer, block.data)
            self._position = position = block.last
        async with asyncio.timeout(self._settings.slow_follower_seconds):
            await writer.drain()
        return position

    async def _write(self, writer: AbstractStreamWriter, data: bytes) -> None:
        if data:
            async with asyncio.timeout(self._settings.slow_follower_seconds):
                await writer.write(data)

    def _has_ended(self, position: int) -> bool:
        if self._run is None or self._run.ended_at is None:
            return self._feed.is_closed
        return position >= self._run.ended_at or self._feed.is_closed

    @property
    def _is_ending(self) -> bool:
        return self._run is not None and self._run.ended_at is not None

    def _follower(self, run_id: str | None) -> Follower:
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        chunked = self._request.version >= HttpVersion11
        buffer_bytes = self._settings.follower_buffer_bytes
        return Follower(transport, buffer_bytes, chunked=chunked, run_id=run_id)

    def _prelude(self, at: Place) -> bytes:
        """When to come back (browsers have no jitter of their own), and from where."""
        retry_ms = random.randint(2000, 4000)  # noqa: S311  (spreads load, guards nothing)
        prelude = b"retry: %d\nid: %b\n\n" % (retry_ms, self._cursor(at.position))
        return prelude if at.gap is None else prelude + self._gap(at.position, at.gap)

    def _gap(self, position: int, reason: str) -> bytes:
        self._measures.gaps[reason] += 1
        gap = relay_frame("relay.gap", {"reason": reason})
        return b"id: %b\n%b\n\n" % (self._cursor(position), gap)

    def _after_gap(self, position: int) -> Block:
        """What stands for the frames that are gone beyond a position."""
        first, run = first_kept(self._feed, self._run), self._run
        if run is None or position < first:
            return Block(self._gap(first, "trimmed"), first)
        if position != first:
            # Nothing of the run follows.
            return Block(b"", self._feed.log.trimmed)
        last = relay_frame("relay.run", run.to_json())
        return Block(b"id: %b\n%b\n\n" % (self._cursor(first + 1), last), first + 1)

    def _cursor(self, position: int) -> bytes:
        return str(Cursor(self._feed.log.incarnation, position)).encode()


def event_stream(settings: Settings, *, any_method: bool = False) -> EventSourceResponse:
    return EventSourceResponse(
        allow_all_methods=any_method,
        send_timeout=settings.slow_follower_seconds,
    )


async def open_stream(response: EventSourceResponse, request: web.Request) -> AbstractStreamWriter:
    """Send the headers.  Pings come from the feed, so the response's own are ended."""
    # No proxy may compress it, which would hold frames back (RFC 9111, 5.2.2.6).
    response.headers["Cache-Control"] = "no-cache, no-transform"
    writer = await response.prepare(request)
    response.stop_streaming()
    if writer is None:
        raise ConnectionResetError
    return writer


@asynccontextmanager
async def once_begun(request: web.Request) -> AsyncIterator[None]:
    """Around an answer whose status is out: nothing may come behind it but the rest or a cut."""
    try:
        yield
    except ConnectionError:
        logger.debug("whoever asked for %s has gone", request.path)
    except TimeoutError:
        logger.debug("whoever asked for %s reads too slowly", request.path)
        abort(request)
    except RelayError as error:
        logger.warning("%s broke off: %s", request.path, error)
        abort(request)
    except Exception:
        logger.exception("%s broke off", request.path)
        abort(request)


def abort(request: web.Request) -> None:
    """Break the connection off, so that nobody takes it for a proper end."""
    if request.transport is not None:
        request.transport.abort()
