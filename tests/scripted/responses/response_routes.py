"""Responses over HTTP: with a stream or without, and streamed again."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from ..answers import invalid
from ..events import Event
from ..pages import page
from ..requests import BODY, PLAN, UNHEARD
from ..stream import StreamedAnswer, send
from .account import Account
from .acts import cancel
from .obfuscation import obfuscated
from .refusals import cannot_cancel, not_found, too_old, was_not_streamed
from .response import Response

ACCOUNT = web.AppKey("ACCOUNT", Account)


def account_of(request: web.Request) -> Account:
    return request.app[ACCOUNT]


def response_of(request: web.Request) -> Response:
    """One that is not in the background is unknown until it has ended."""
    name = request.match_info["response"]
    response = account_of(request).response(name)
    if response.is_active and not response.is_background:
        raise not_found("Response", name)
    return response


async def create_response(request: web.Request) -> web.StreamResponse:
    account, body = account_of(request), request[BODY]
    response = account.new_response(body)
    if request[UNHEARD]:
        response.is_lost = not response.is_background
    elif body.get("stream"):
        options = body.get("stream_options") or {}
        events = _all_turns(account, response)
        if options.get("include_obfuscation", True):
            events = obfuscated(events)
        return await _stream(request, response, events)
    elif not response.is_background:
        await _end_of(account, response)
    return web.json_response(response.wire())


async def retrieve_response(request: web.Request) -> web.StreamResponse:
    response = response_of(request)
    if request.query.get("stream") != "true":
        return web.json_response(response.wire())
    if not (response.is_background and response.options.get("stream")):
        raise was_not_streamed()
    if response.now() - response.created_at >= account_of(request).manners.streamable_seconds:
        raise too_old()
    events = response.told.follow(_position(request))
    if request.query.get("include_obfuscation") != "false":
        events = obfuscated(events)
    return await _stream(request, response, events)


async def cancel_response(request: web.Request) -> web.Response:
    """Twice is once.  What has ended otherwise stays as it is."""
    account = account_of(request)
    response = account.response(request.match_info["response"])
    if not response.is_background:
        raise cannot_cancel("synchronous")
    if not response.is_active and response.status != "cancelled":
        raise cannot_cancel("completed")
    if response.is_active and account.manners.honours_cancel:
        await account.stage.end(response, cancel(response))
    return web.json_response(response.wire())


async def delete_response(request: web.Request) -> web.Response:
    response = response_of(request)
    del account_of(request).responses[response.id]
    return web.json_response({"id": response.id, "object": "response", "deleted": True})


async def list_input_items(request: web.Request) -> web.Response:
    items = response_of(request).input
    return web.json_response(page(items, {**request.query}, "item"))


async def list_models(request: web.Request) -> web.Response:
    models = [
        {"id": name, "object": "model", "created": 1767225600, "owned_by": "scripted"}
        for name in account_of(request).scripts
    ]
    return web.json_response({"object": "list", "data": models})


def _position(request: web.Request) -> int:
    """`starting_after` names the last event that is known already."""
    after = request.query.get("starting_after")
    if after is None:
        return 0
    if not after.isdecimal():
        raise invalid("starting_after", after)
    return int(after) + 1 if account_of(request).manners.honours_starting_after else 0


async def _end_of(account: Account, response: Response) -> None:
    try:
        await account.stage.finished(response)
    except asyncio.CancelledError:
        response.is_lost = True
        raise


async def _all_turns(account: Account, first: Response) -> AsyncIterator[Event]:
    response: Response | None = first
    while response:
        async for event in response.told.follow(0):
            yield event
        response = account.follow_on(response)


async def _stream(
    request: web.Request, response: Response, events: AsyncIterator[Event]
) -> web.StreamResponse:
    manners = account_of(request).manners
    framing = response.script.framing or manners.framing
    answer = StreamedAnswer(request, framing)
    await answer.begin(
        compressed=manners.gzip and "gzip" in request.headers.get("Accept-Encoding", "")
    )
    try:
        return await send(answer, events, framing, request[PLAN])
    finally:
        # Whoever leaves a foreground response before its end loses the turn.
        response.is_lost |= response.is_active and not response.is_background
