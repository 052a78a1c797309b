"""Event streams: of a thread, of one run, of a recording."""

import asyncio
import math
from collections.abc import AsyncIterator
from itertools import count

from aiohttp import web

from ..errors import BadRequest, NotFound
from ..feed import Feed
from ..follow import Following, abort, event_stream, once_begun, open_stream, place
from ..frames import FrameSplitter
from ..logs import Cursor
from ..recording import Recording, play
from .context import Relay, number_of, relay_of

_MOST_SPEED = 1_000_000


async def follow_thread(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    thread_id = request.match_info["thread_id"]
    # In one piece: of each coroutine that waits here there is one for every follower.
    with relay.threads.followers.counted():
        async with relay.threads.followed(thread_id) as thread:
            cursor = await _found(request, thread.feed)
            at = place(thread.feed, thread.book.active_run, cursor, of_run=False)
            return await Following(request, thread.feed, relay.settings, relay.measures).respond(at)


async def follow_run(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
    thread = await relay.threads.known(thread_id)
    if thread is None:
        raise NotFound(f"no run {run_id} on thread {thread_id}", param="run_id")
    run = thread.book.run(run_id)
    at = place(thread.feed, run, await _found(request, thread.feed), of_run=True)
    if at.gap is None and run.ended_at is not None and at.position >= run.ended_at:
        # Nothing will ever follow: this stops an EventSource (WHATWG HTML, 9.2.3).
        return web.Response(status=204)
    with relay.threads.followers.counted():
        following = Following(request, thread.feed, relay.settings, relay.measures, run)
        return await following.respond(at)


async def list_recordings(request: web.Request) -> web.Response:
    recordings = relay_of(request).recordings
    data = [
        {"id": recording.name, "name": recording.title, "events": len(recording.events)}
        for recording in recordings
    ]
    return web.json_response({"object": "list", "data": data})


async def follow_recording(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    name = request.match_info["name"]
    recording = relay.recordings.get(name)
    if recording is None:
        raise NotFound(f"no recording {name}", param="name")
    after = _event_number(_cursor_of(request), recording)
    if after >= len(recording.events):
        return web.Response(status=204)
    with relay.threads.followers.counted():
        return await _play(request, relay, recording, after)


async def _play(
    request: web.Request, relay: Relay, recording: Recording, after: int
) -> web.StreamResponse:
    last = len(recording.events)
    stop_after = number_of(request, "stop_after", None, 1, last)
    stall_after = number_of(request, "stall_after", None, 1, last)
    # Cut once: whoever comes back gets the rest.
    stop_after = stop_after if stop_after is None or stop_after > after else None
    stall_after = stall_after if stall_after is None or stall_after > after else None
    frames = play(
        recording, _speed_of(request), after=after, stop_after=stop_after, stall_after=stall_after
    )
    response = event_stream(relay.settings)
    async with once_begun(request), relay.threads.followers.until_closed():
        writer = await open_stream(response, request)
        async for stamped in _stamped(frames, relay.settings.max_frame_bytes, after):
            async with asyncio.timeout(relay.settings.slow_follower_seconds):
                await writer.write(stamped)
        if stop_after is not None:
            abort(request)
    return response


async def _stamped(
    chunks: AsyncIterator[bytes], max_frame_bytes: int, after: int
) -> AsyncIterator[bytes]:
    """Frames with the numbers of their events as ids."""
    splitter = FrameSplitter(max_frame_bytes)
    numbers = count(after + 1)
    async for chunk in chunks:
        for frame in splitter.feed(chunk):
            yield b"id: %d\n%b\n\n" % (next(numbers), frame)
        splitter.check()
    for frame in splitter.end():
        yield b"id: %d\n%b\n\n" % (next(numbers), frame)


async def _found(request: web.Request, feed: Feed) -> str | None:
    """The cursor to follow from, once it is known whether it is in the log."""
    cursor = _cursor_of(request)
    parsed = Cursor.parse(cursor) if cursor else None
    if parsed:
        await feed.look_for(parsed)
    return cursor


def _cursor_of(request: web.Request) -> str | None:
    """The header wins: an EventSource repeats its URL when it reconnects."""
    return request.headers.get("Last-Event-ID") or request.query.get("last_event_id") or None


def _event_number(cursor: str | None, recording: Recording) -> int:
    if cursor is None or not cursor.isascii() or not cursor.isdigit():
        return 0
    return min(int(cursor[:9]), len(recording.events))


def _speed_of(request: web.Request) -> float:
    text = request.query.get("speed", "1")
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= _MOST_SPEED:
        raise BadRequest("speed is a number, 0 for as fast as it goes", param="speed")
    return speed
