"""Threads and their messages."""

from aiohttp import web

from ..errors import BadRequest
from ..frames import json_text
from ..overlay import lay_over
from ..runs.kept_answers import TEXT
from ..runs.pages import cut, further_page
from ..upstreams import Page
from .bodies import NewMessage, NewThread
from .context import (
    Relay,
    body_of,
    check_query,
    key_of,
    number_of,
    order_of,
    relay_of,
    thread_of,
)

_PAGE_FIELDS = frozenset({"limit", "order", "after", "before"})


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
    text = await relay.threads.keys.once(key, body.model_dump_json(), create, TEXT)
    return web.Response(text=text, content_type="application/json")


async def retrieve_thread(request: web.Request) -> web.Response:
    thread_id = request.match_info["thread_id"]
    thread = await relay_of(request).upstream.retrieve_thread(thread_id)
    return web.json_response(thread, dumps=json_text)


async def list_messages(request: web.Request) -> web.Response:
    relay = relay_of(request)
    thread_id = request.match_info["thread_id"]
    page = _page_of(request, relay)
    if page.order != "desc" or page.after or page.before:
        further = await further_page(relay.threads, relay.upstream, thread_id, page)
        return web.json_response(further, dumps=json_text)
    # The cursor first, the list second: what comes between is in the list or in the feed.
    seen = await relay.threads.see(thread_id)
    listed = await relay.upstream.list_messages(thread_id, page)
    keeps_runs = relay.upstream.keeps_runs
    newest = lay_over(listed, seen, keeps_runs=keeps_runs)
    if not keeps_runs:
        # Beyond that one may go on after any message that was seen; elsewhere only the upstream's.
        newest = cut(newest, page.limit)
    return web.json_response(
        {**newest, "last_event_id": str(seen.cursor), "runs": seen.unfinished()},
        dumps=json_text,
    )


async def create_message(request: web.Request) -> web.Response:
    relay = relay_of(request)
    body = await body_of(request, NewMessage)
    wanted = body.model_dump(exclude_none=True)
    thread = await thread_of(request)

    async def add() -> str:
        return json_text(await relay.desk.add_message(thread, wanted))

    key = key_of(request, "messages")
    text = await relay.threads.keys.once(key, body.model_dump_json(), add, TEXT)
    return web.Response(text=text, content_type="application/json")


def _page_of(request: web.Request, relay: Relay) -> Page:
    query = request.query
    check_query(request, _PAGE_FIELDS)
    if "before" in query and not relay.upstream.pages_backwards:
        raise BadRequest("this upstream cannot page backwards", param="before")
    return Page(
        limit=number_of(request, "limit", 20, 1, 100),
        order=order_of(request),
        after=query.get("after"),
        before=query.get("before"),
    )
