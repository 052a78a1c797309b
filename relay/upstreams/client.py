"""Requests to the upstream through OpenAI's own SDK, and nothing of what they mean.

The SDK builds the requests, signs them, and reads refusals.  What it streams is taken as raw bytes,
since its typed events cost more than all the rest of the relay.  Its generic calls are used: they
stay when an API that OpenAI has shut down leaves the SDK.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qsl, quote

import httpx2
import openai

from ..errors import UpstreamLost
from ..masking import Mask
from ..settings import Settings
from . import Chunks, Json
from .chunks import ArrivingChunks, MadeChunks, decoded
from .refusals import cleaner, told
from .transport import RESPONSE, AiohttpTransport

_MAX_PAGES = 20

# What answers where no stream is: the request was taken, but by something else.
_NO_STREAM = ("application/json", "text/html")

# A compressing server would hold a stream back until it has a block to compress.
_STREAM = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}


def path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class OpenAIClient:
    """Raises UpstreamRefused, ThreadBusy and UpstreamLost, and nothing else."""

    def __init__(self, settings: Settings, headers: Mapping[str, str]) -> None:
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        self._clean = cleaner(key)
        self._mask = Mask(settings)
        self._answer_seconds = settings.request_timeout
        self._stall_seconds = settings.stall_timeout
        # How long a stream may be silent is watched where it is read.
        self._stream_timeout = httpx2.Timeout(None, connect=settings.connect_timeout)
        self._sdk = openai.AsyncOpenAI(
            api_key=key,
            base_url=settings.openai_base_url,
            default_headers=headers,
            default_query=dict(parse_qsl(settings.upstream_query, keep_blank_values=True)),
            timeout=httpx2.Timeout(settings.request_timeout, connect=settings.connect_timeout),
            # Who asked decides whether to ask again: a repeated POST could buy a second run.
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=AiohttpTransport(), follow_redirects=True),
        )

    async def get(self, path: str, query: Json | None = None) -> dict[str, Any]:
        with told(self._clean, f"GET {path}", starts=False):
            async with asyncio.timeout(self._answer_seconds):
                response = await self._sdk.get(
                    path, cast_to=httpx2.Response, options={"params": query or {}}
                )
        return _object(response, self._mask)

    async def post(self, path: str, body: Json, query: Json | None = None) -> dict[str, Any]:
        with told(self._clean, f"POST {path}", starts=True):
            async with asyncio.timeout(self._answer_seconds):
                response = await self._sdk.post(
                    path, cast_to=httpx2.Response, body=body, options={"params": query or {}}
                )
        return _object(response, self._mask)

    async def pages(self, path: str, query: Json) -> Sequence[dict[str, Any]]:
        """All entries of a list, up to a limit that no sound list reaches."""
        found: list[dict[str, Any]] = []
        after: Json = {}
        for _ in range(_MAX_PAGES):
            page = await self.get(path, {"limit": 100, **query, **after})
            entries = page.get("data")
            fresh = [entry for entry in entries or () if isinstance(entry, dict)]
            found += fresh
            if not (
                page.get("has_more") is True and fresh and isinstance(fresh[-1].get("id"), str)
            ):
                break
            after = {"after": fresh[-1]["id"]}
        return found

    @asynccontextmanager
    async def stream(self, path: str, body: Json) -> AsyncIterator[Chunks]:
        """Start what answers with a stream; leaving closes the connection at once."""
        with told(self._clean, f"POST {path}", starts=True):
            async with asyncio.timeout(self._answer_seconds):
                answer = await self._sdk.post(
                    path,
                    cast_to=httpx2.Response,
                    body={**body, "stream": True},
                    options={"headers": _STREAM, "timeout": self._stream_timeout},
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
        async with self._streamed(_unread(answer)) as chunks:
            yield chunks

    @asynccontextmanager
    async def stream_again(self, path: str, query: Json) -> AsyncIterator[Chunks]:
        """The stream of what was started before; leaving closes the connection at once."""
        with told(self._clean, f"GET {path}", starts=False):
            async with asyncio.timeout(self._answer_seconds):
                answer = await self._sdk.get(
                    path,
                    cast_to=httpx2.Response,
                    options={
                        "headers": _STREAM,
                        "timeout": self._stream_timeout,
                        "params": {**query, "stream": "true"},
                    },
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
        async with self._streamed(_unread(answer)) as chunks:
            yield chunks

    @asynccontextmanager
    async def download(
        self, path: str
    ) -> AsyncIterator[tuple[httpx2.Headers, AsyncIterator[bytes]]]:
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        with told(self._clean, f"GET {path}", starts=False):
            async with asyncio.timeout(self._answer_seconds):
                answer = await self._sdk.get(
                    path,
                    cast_to=httpx2.Response,
                    options={"headers": headers, "timeout": self._stream_timeout},
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
        response = _unread(answer)
        try:
            async with self._body(response) as chunks:
                yield response.headers, chunks
        finally:
            await response.aclose()

    async def close(self) -> None:
        await self._sdk.close()

    @asynccontextmanager
    async def _streamed(self, response: httpx2.Response) -> AsyncIterator[Chunks]:
        try:
            if _content_type(response) in _NO_STREAM:
                raise _malformed("the upstream answered, but with no stream")
            async with self._body(response) as chunks:
                yield chunks
        finally:
            await response.aclose()

    @asynccontextmanager
    async def _body(self, response: httpx2.Response) -> AsyncIterator[Chunks]:
        if response.headers.get("content-encoding", "identity") != "identity":
            yield MadeChunks(decoded(response, self._stall_seconds))
            return
        chunks = ArrivingChunks(response.extensions[RESPONSE], self._stall_seconds)
        try:
            yield chunks
        finally:
            chunks.close()


def _unread(answer: object) -> httpx2.Response:
    # The SDK types this as a stream of its own; asked for a Response it gives just that.
    return cast(httpx2.Response, answer)


def _content_type(response: httpx2.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _object(response: httpx2.Response, mask: Mask) -> dict[str, Any]:
    try:
        answer = json.loads(mask.masked(response.content))
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _malformed("the upstream's answer is no JSON object")
    return answer


def _malformed(message: str) -> UpstreamLost:
    return UpstreamLost(message, unknown=True, kind="malformed")
