"""Threads and their messages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from ..errors import BadRequest, NotFound
from ..follow import once_begun
from ..frames import json_text
from ..snapshot import lay_over
from ..upstreams import File, Page
from .bodies import NewMessage, NewThread
from .context import Relay, body_of, key_of, number_of, relay_of, thread_of

_PAGE_FIELDS = frozenset({"limit", "order", "after", "before"})

# What a browser may show in place; all else is a download.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

# How far back a file is looked for in a thread.
_PAGES_SEARCHED = 20


async def list_assistants(request: web.Request) -> web.Response:
    assistants = await relay_of(request).upstream.assistants()
    return web.json_response({"object": "list", "data": list(assistants)})


async def create_thread(request: web.Request) -> web.Response:
    relay = relay_of(request)
    body = await body_of(request, NewThread)
    wanted = body.model_dump(exclude_none=True)

    async def create() -> str:
        return json_text(await relay.upstream.create_thread(wanted))

    key = key_of(request, "threads")
    text = await relay.threads.keys.once(key, body.model_dump_json(), create)
    return web.Response(text=text, content_type="application/json")


async def retrieve_thread(request: web.Request) -> web.Response:
    thread_id = request.match_info["thread_id"]
    return web.json_response(await relay_of(request).upstream.retrieve_thread(thread_id))


async def list_messages(request: web.Request) -> web.Response:
    relay = relay_of(request)
    thread_id = request.match_info["thread_id"]
    page = _page_of(request, relay)
    if page.order != "desc" or page.after or page.before:
        return web.json_response(await relay.upstream.list_messages(thread_id, page))
    # The cursor first, the list second: what comes between is in the list or in the feed.
    seen = await relay.threads.see(thread_id)
    listed = await relay.upstream.list_messages(thread_id, page)
    return web.json_response(
        {**lay_over(listed, seen), "last_event_id": str(seen.cursor), "runs": seen.unfinished()}
    )


async def create_message(request: web.Request) -> web.Response:
    relay = relay_of(request)
    body = await body_of(request, NewMessage)
    wanted = body.model_dump(exclude_none=True)
    thread = thread_of(request)

    async def add() -> str:
        return json_text(await thread.add_message(wanted))

    key = key_of(request, "messages")
    text = await relay.threads.keys.once(key, body.model_dump_json(), add)
    return web.Response(text=text, content_type="application/json")


async def file_content(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    thread_id, file_id = request.match_info["thread_id"], request.match_info["file_id"]
    if not await _is_named(relay, thread_id, file_id):
        raise NotFound(f"no file {file_id} in thread {thread_id}", param="file_id")
    async with relay.upstream.file_content(thread_id, file_id) as file:
        response = web.StreamResponse(headers=_file_headers(file))
        async with once_begun(request):
            await response.prepare(request)
            async for chunk in file.chunks:
                async with asyncio.timeout(relay.settings.slow_follower_seconds):
                    await response.write(chunk)
            async with asyncio.timeout(relay.settings.slow_follower_seconds):
                await response.write_eof()
    return response


def _page_of(request: web.Request, relay: Relay) -> Page:
    query = request.query
    for name in query:
        if name not in _PAGE_FIELDS:
            raise BadRequest(f"unknown parameter {name}", param=name)
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise BadRequest("order is asc or desc", param="order")
    if "before" in query and not relay.upstream.pages_backwards:
        raise BadRequest("this upstream cannot page backwards", param="before")
    return Page(
        limit=number_of(request, "limit", 20, 1, 100) or 20,
        order=order,
        after=query.get("after"),
        before=query.get("before"),
    )


async def _is_named(relay: Relay, thread_id: str, file_id: str) -> bool:
    """Only what the thread itself names may be read through it."""
    seen = await relay.threads.see(thread_id)
    if _names(seen.messages, file_id) or _names(seen.runs, file_id):
        return True
    async for messages in _pages(relay, thread_id):
        if _names(messages, file_id):
            return True
    return False


async def _pages(relay: Relay, thread_id: str) -> AsyncIterator[Any]:
    after = None
    for _ in range(_PAGES_SEARCHED):
        page = await relay.upstream.list_messages(thread_id, Page(limit=100, after=after))
        yield page["data"]
        if not page.get("has_more") or not page["data"]:
            return
        after = page["data"][-1]["id"]


def _names(value: Any, file_id: str) -> bool:
    """Whether a file is named anywhere in a JSON value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item == file_id:
            return True
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return False


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
