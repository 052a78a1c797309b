"""A door in front of the scripted server: requests and answers wait at it as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import aiohttp
from aiohttp import web

from .loopback import listening

_HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


@dataclass
class Held:
    """One request that stands at the door: on its way in, or its answer on its way out."""

    method: str
    ending: str
    is_answer: bool
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self) -> None:
        await self._reached.wait()

    def release(self) -> None:
        self._released.set()

    async def pass_by(self) -> None:
        self._reached.set()
        await self._released.wait()


class Gate:
    """Forwards every request to `target`.  What is held is the next request that fits."""

    def __init__(self, target: str, session: aiohttp.ClientSession) -> None:
        self.url = ""
        self._target = target
        self._session = session
        self._held: list[Held] = []

    @classmethod
    @asynccontextmanager
    async def before(cls, target: str) -> AsyncIterator[Self]:
        """`target` and `url` end with the version, as an OpenAI client takes them."""
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            gate = cls(target, session)
            app = web.Application()
            app.router.add_route("*", "/v1/{path:.*}", gate._forward)
            async with listening(app) as url:
                gate.url = f"{url}/v1"
                yield gate

    def hold_request(self, method: str, ending: str) -> Held:
        """Stop the next request whose path ends so, before the server gets it."""
        return self._hold(Held(method, ending, is_answer=False))

    def hold_answer(self, method: str, ending: str) -> Held:
        """Let the server do as asked, but stop the headers of its answer."""
        return self._hold(Held(method, ending, is_answer=True))

    def _hold(self, held: Held) -> Held:
        self._held.append(held)
        return held

    async def _wait(self, request: web.Request, *, is_answer: bool) -> None:
        for held in self._held:
            fits = request.method == held.method and request.path.endswith(held.ending)
            if fits and held.is_answer == is_answer:
                self._held.remove(held)
                await held.pass_by()
                return

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        await self._wait(request, is_answer=False)
        url = f"{self._target}/{request.match_info['path']}"
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP
        }
        async with self._session.request(
            request.method, url, params=request.query, headers=headers, data=body
        ) as answer:
            await self._wait(request, is_answer=True)
            passed = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in _HOP_BY_HOP
            }
            response = web.StreamResponse(status=answer.status, headers=passed)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            return response
