"""Files: those that a thread names, and nothing that a browser would run."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from ..errors import NotFound
from ..follow import once_begun
from ..upstreams import File, Json, Page
from .context import Relay, relay_of

# What a browser may show in place; all else is a download.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

# How far back a file is looked for in a thread.
_PAGES_SEARCHED = 20


async def file_content(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    thread_id, file_id = request.match_info["thread_id"], request.match_info["file_id"]
    naming = await _naming(relay, thread_id, file_id)
    if naming is None:
        raise NotFound(f"no file {file_id} in thread {thread_id}", param="file_id")
    # Files that code has made are in the container that it ran in.
    container_id = naming.get("container_id")
    async with relay.upstream.file_content(thread_id, file_id, container_id) as file:
        response = web.StreamResponse(headers=_file_headers(file))
        async with once_begun(request):
            await response.prepare(request)
            async for chunk in file.chunks:
                async with asyncio.timeout(relay.settings.slow_follower_seconds):
                    await response.write(chunk)
            async with asyncio.timeout(relay.settings.slow_follower_seconds):
                await response.write_eof()
    return response


async def _naming(relay: Relay, thread_id: str, file_id: str) -> Mapping[str, Any] | None:
    """What names the file: only what the thread itself names may be read through it.

    Users write what they like, names of other people's files too.  So where a hook tells users
    from each other only what assistants and runs name counts; without one all have the same leave.
    """

    def counting(messages: Iterable[Any]) -> list[Any]:
        return [
            message
            for message in messages
            if not relay.access.has_hook or message.get("role") == "assistant"
        ]

    seen = await relay.threads.see(thread_id)
    found = _named_in([*counting(seen.messages), *seen.runs], file_id)
    if found is not None:
        return found
    async for messages in _pages(relay, thread_id):
        found = _named_in(counting(messages), file_id)
        if found is not None:
            return found
    return None


async def _pages(relay: Relay, thread_id: str) -> AsyncIterator[Sequence[Json]]:
    after = None
    for _ in range(_PAGES_SEARCHED):
        page = await relay.upstream.list_messages(thread_id, Page(limit=100, after=after))
        data = page.get("data")
        messages = [message for message in data or () if isinstance(message, dict)]
        yield messages
        after = messages[-1].get("id") if messages else None
        if not page.get("has_more") or not isinstance(after, str):
            return


def _named_in(value: Any, file_id: str) -> Mapping[str, Any] | None:
    """The object in a JSON value that names a file, where the API puts a file's id."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            file_ids = item.get("file_ids")
            is_listed = isinstance(file_ids, list | tuple) and file_id in file_ids
            if is_listed or item.get("file_id") == file_id:
                return item
            # Metadata is anybody's own words.
            waiting.extend(part for key, part in item.items() if key != "metadata")
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return None


def _file_headers(file: File) -> dict[str, str]:
    kind = file.content_type.partition(";")[0].strip().lower()
    is_shown = kind in _SHOWN
    disposition = "inline" if is_shown else "attachment"
    name = "".join(c for c in file.filename if c.isascii() and (c.isalnum() or c in "._-"))
    headers = {
        "Content-Type": kind if is_shown else "application/octet-stream",
        "Content-Disposition": f'{disposition}; filename="{name or "file"}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    return headers | ({"Content-Length": str(file.size)} if file.size is not None else {})
