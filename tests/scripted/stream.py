"""A run's events as the answer to an HTTP request."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from .events import Event
from .faults import Fault, StreamFault
from .framing import Framing

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, must-revalidate",
    "openai-version": "2020-10-01",
}


class StreamedAnswer:
    """Bytes on their way out, in writes of the size that the framing asks for."""

    def __init__(self, request: web.Request, framing: Framing) -> None:
        self._request = request
        self._framing = framing
        self._response = web.StreamResponse(headers=HEADERS)

    async def begin(self, *, compressed: bool) -> None:
        if compressed:
            self._response.enable_compression(web.ContentCoding.gzip)
        await self._response.prepare(self._request)
        await self.write(self._framing.beginning())

    async def write(self, raw: bytes) -> None:
        for piece in self._framing.writes(raw) if raw else ():
            await self._response.write(piece)
            # The reader gets its turn, so that it may see the pieces one by one.
            await asyncio.sleep(0)

    def abort(self) -> None:
        if self._request.transport:
            self._request.transport.abort()

    def hang_up(self) -> None:
        if self._request.transport:
            self._request.transport.close()

    async def end(self) -> web.StreamResponse:
        if self._request.transport and not self._request.transport.is_closing():
            await self._response.write_eof()
        return self._response


async def send(
    answer: StreamedAnswer,
    events: AsyncIterator[Event],
    framing: Framing,
    faults: tuple[Fault, ...],
) -> web.StreamResponse:
    """Send one stream.  Who makes the events does not notice whether anyone listens."""
    plan = [fault for fault in faults if isinstance(fault, StreamFault)]
    if not await _go_on(answer, plan, 0):
        return await answer.end()
    number = 0
    async for event in events:
        number += 1
        await answer.write(framing.frame(event, number))
        if not await _go_on(answer, plan, number):
            break
    return await answer.end()


async def _go_on(answer: StreamedAnswer, plan: Sequence[StreamFault], number: int) -> bool:
    """Let happen what is planned after this event; say whether the stream goes on."""
    due = [fault for fault in plan if fault.after_event == number]
    return all([await fault.happen(answer) for fault in due])
