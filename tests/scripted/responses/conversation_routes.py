"""Conversations, their items, and files over HTTP."""

from aiohttp import web

from ..answers import no_such_file
from ..pages import page
from ..parts import Json
from ..requests import BODY
from .conversation import Conversation
from .files import CONTAINER_FILES, FILES, File
from .refusals import conversation_locked, not_found, unknown_parameter
from .response_routes import account_of


def conversation_of(request: web.Request) -> Conversation:
    account = account_of(request)
    name = request.match_info["conversation"]
    if not account.manners.has_conversations:
        raise not_found("Conversation", name)
    return account.conversation(name)


async def create_conversation(request: web.Request) -> web.Response:
    account = account_of(request)
    if not account.manners.has_conversations:
        raise web.HTTPNotFound
    return web.json_response(account.new_conversation(request[BODY]).wire())


async def retrieve_conversation(request: web.Request) -> web.Response:
    return web.json_response(conversation_of(request).wire())


async def update_conversation(request: web.Request) -> web.Response:
    conversation = conversation_of(request)
    conversation.metadata = request[BODY].get("metadata") or {}
    return web.json_response(conversation.wire())


async def delete_conversation(request: web.Request) -> web.Response:
    conversation = conversation_of(request)
    del account_of(request).conversations[conversation.id]
    answer = {"id": conversation.id, "object": "conversation.deleted", "deleted": True}
    return web.json_response(answer)


async def create_items(request: web.Request) -> web.Response:
    conversation = conversation_of(request)
    if conversation.active:
        raise conversation_locked()
    items = account_of(request).items(request[BODY].get("items"), conversation)
    conversation.add(items)
    return web.json_response(
        {
            "object": "list",
            "data": items,
            "first_id": items[0]["id"] if items else None,
            "last_id": items[-1]["id"] if items else None,
            "has_more": False,
        }
    )


async def list_items(request: web.Request) -> web.Response:
    conversation = conversation_of(request)
    if "before" in request.query:
        raise unknown_parameter("before")
    return web.json_response(page(conversation.items, {**request.query}, "item"))


async def retrieve_item(request: web.Request) -> web.Response:
    return web.json_response(_item(request))


async def delete_item(request: web.Request) -> web.Response:
    conversation = conversation_of(request)
    conversation.items.remove(_item(request))
    return web.json_response(conversation.wire())


async def file_content(request: web.Request) -> web.Response:
    name = request.match_info["file"]
    return _file(FILES.get(name), name)


async def container_file_content(request: web.Request) -> web.Response:
    place = request.match_info["container"], request.match_info["file"]
    return _file(CONTAINER_FILES.get(place), place[1])


def _item(request: web.Request) -> Json:
    name = request.match_info["item"]
    for item in conversation_of(request).items:
        if item["id"] == name:
            return item
    raise not_found("Item", name)


def _file(file: File | None, name: str) -> web.Response:
    if not file:
        raise no_such_file(name)
    return web.Response(
        body=file.content,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{file.filename}"',
        },
    )
