"""An upstream that sends given bytes, and knows just enough else for a run to end."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web

from .loopback import listening

# One stream, in the chunks in which it is sent.
Chunks: TypeAlias = Sequence[bytes]


@dataclass
class ByteServer:
    """Each run, and each submission of tool outputs, is answered with the next stream."""

    streams: list[Chunks]
    # What it says when it is asked for a run or for messages.
    run: dict[str, Any] = field(default_factory=dict)
    messages: Sequence[Any] = ()
    # The content of every file; `file_size` is what its headers promise.
    file: bytes = b""
    file_size: int | None = None
    file_type: str = "text/plain"
    url: str = ""

    @classmethod
    @asynccontextmanager
    async def started(cls, *streams: Chunks, **known: Any) -> AsyncIterator["ByteServer"]:
        server = cls([*streams], **known)
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/threads/{thread}/runs", server._stream),
                web.post("/v1/threads/{thread}/runs/{run}/submit_tool_outputs", server._stream),
                web.post("/v1/threads/{thread}/runs/{run}/cancel", server._run),
                web.get("/v1/threads/{thread}/runs/{run}", server._run),
                web.get("/v1/threads/{thread}/messages", server._messages),
                web.get("/v1/files/{file}/content", server._file),
            ]
        )
        async with listening(app) as url:
            server.url = f"{url}/v1"
            yield server

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in self.streams.pop(0):
            await response.write(chunk)
            # The relay gets its turn, so that it sees the chunks one by one.
            await asyncio.sleep(0)
        return response

    async def _run(self, request: web.Request) -> web.Response:
        return web.json_response({"id": request.match_info["run"], "status": "failed", **self.run})

    async def _messages(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": list(self.messages), "has_more": False})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        size = len(self.file) if self.file_size is None else self.file_size
        response = web.StreamResponse(
            headers={"Content-Type": self.file_type, "Content-Length": str(size)}
        )
        await response.prepare(request)
        await response.write(self.file)
        if size > len(self.file) and request.transport:
            request.transport.close()
        return response


def in_pieces(stream: bytes, size: int) -> Chunks:
    return [stream[start : start + size] for start in range(0, len(stream), size)]


def streams_of(recording: bytes) -> list[bytes]:
    """The streams of a recorded run, one after the other: each ends with `done`, if well."""
    end = b"event: done\ndata: [DONE]\n\n"
    *ended, rest = recording.split(end)
    return [*(stream + end for stream in ended), *([rest] if rest else [])]


def joined(streams: Iterable[Chunks]) -> bytes:
    return b"".join(chunk for chunks in streams for chunk in chunks)
