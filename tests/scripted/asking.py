"""Plain HTTP requests to the scripted server, for what an SDK would hide."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from .assistants import ScriptedAssistants
from .parts import Json


class Asking:
    """A client that sends what it is given and shows what it got."""

    def __init__(self, server: ScriptedAssistants, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._session = session

    @classmethod
    @asynccontextmanager
    async def at(cls, server: ScriptedAssistants) -> AsyncIterator[Self]:
        headers = {"Authorization": f"Bearer {server.key}", "OpenAI-Beta": "assistants=v2"}
        async with aiohttp.ClientSession(headers=headers) as session:
            yield cls(server, session)

    async def post(self, path: str, body: Json) -> Json:
        async with self.open("POST", path, json=body) as response:
            return {**await response.json(), "http": response.status}

    async def get(self, path: str) -> Json:
        async with self.open("GET", path) as response:
            return {**await response.json(), "http": response.status}

    async def new_thread(self) -> str:
        thread = await self.post("/threads", {"messages": [{"role": "user", "content": "Hello"}]})
        return str(thread["id"])

    def stream(self, thread_id: str, assistant: str, **headers: str) -> Any:
        """Start a run; used with `async with`, the response is there when its headers are."""
        body = {"assistant_id": assistant, "stream": True}
        return self.open("POST", f"/threads/{thread_id}/runs", json=body, headers=headers)

    def open(self, method: str, path: str, **options: Any) -> Any:
        return self._session.request(method, self._server.url + path, **options)


def events_of(stream: bytes) -> list[tuple[str, Any]]:
    """The events of a stream in the server's usual framing."""
    frames = [frame.split(b"\n") for frame in stream.split(b"\n\n")[:-1]]
    return [
        (name.removeprefix(b"event: ").decode(), _read(data.removeprefix(b"data: ")))
        for name, data in frames
    ]


def _read(data: bytes) -> Any:
    return data.decode() if data == b"[DONE]" else json.loads(data)
