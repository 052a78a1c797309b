"""An upstream whose streams a test sends piece by piece, when it likes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from .loopback import listening

DONE = b"event: done\ndata: [DONE]\n\n"


def frame(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def run_frame(status: str, **fields: Any) -> bytes:
    return frame(f"thread.run.{status}", {"id": "run_1", "status": status, **fields})


def large(number: int, size: int = 70_000) -> bytes:
    """A frame that fills a place of the log by itself."""
    return frame("thread.large", {"number": number, "text": "x" * size})


def asking_for(*calls: str) -> bytes:
    """The end of a stream that asks for the outputs of these calls."""
    return run_frame("requires_action", required_action=action(*calls)) + DONE


def action(*calls: str) -> dict[str, Any]:
    tool_calls = [
        {"id": call, "type": "function", "function": {"name": "f", "arguments": "{}"}}
        for call in calls
    ]
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": tool_calls}}


class Reply:
    """The stream that answers one request."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, *pieces: bytes) -> Self:
        for piece in pieces:
            self._pieces.put_nowait(piece)
        return self

    def end(self) -> Self:
        self._pieces.put_nowait(None)
        return self

    async def pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece


@dataclass
class Replies:
    """Each run, and each submission of tool outputs, is answered with the next reply."""

    # What it says when it is asked for the run.
    run: dict[str, Any] = field(default_factory=lambda: {"status": "in_progress"})
    # The paths that were posted to, without what all have in common.
    posts: list[str] = field(default_factory=list)
    url: str = ""
    _all: list[Reply] = field(default_factory=list)
    # How many of them have been asked for.
    _begun: int = 0

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator[Self]:
        server = cls()
        app = web.Application()
        runs = "/v1/threads/{thread}/runs"
        app.add_routes(
            [
                web.post(runs, server._stream),
                web.post(runs + "/{run}/submit_tool_outputs", server._stream),
                web.post(runs + "/{run}/cancel", server._run),
                web.get(runs + "/{run}", server._run),
                web.get("/v1/threads/{thread}/messages", server._messages),
            ]
        )
        async with listening(app) as url:
            server.url = f"{url}/v1"
            try:
                yield server
            finally:
                for reply in server._all:
                    reply.end()

    def reply(self, *pieces: bytes) -> Reply:
        """The next one, with its first pieces."""
        self._all.append(Reply().send(*pieces))
        return self._all[-1]

    def posted(self, ending: str) -> int:
        """How often a path that ends so was posted to."""
        return len([path for path in self.posts if path.endswith(ending)])

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self.posts.append(request.path)
        reply = self._all[self._begun]
        self._begun += 1
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for piece in reply.pieces():
            await response.write(piece)
            # The relay gets its turn, so that it sees the pieces one by one.
            await asyncio.sleep(0)
        return response

    async def _run(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.posts.append(request.path)
        return web.json_response({"id": "run_1", **self.run})

    async def _messages(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [], "has_more": False})
