"""Threads, messages, assistants and files over HTTP."""

from typing import Any

from aiohttp import web

from .account import Account
from .answers import no_such_file, unknown
from .files import FILES, File
from .moves import Script
from .pages import page
from .parts import Json
from .requests import BODY
from .runs import MODEL
from .threads import Thread

ACCOUNT = web.AppKey("ACCOUNT", Account)


def account_of(request: web.Request) -> Account:
    return request.app[ACCOUNT]


def thread_of(request: web.Request) -> Thread:
    return account_of(request).thread(request.match_info["thread"])


async def create_thread(request: web.Request) -> web.Response:
    return web.json_response(account_of(request).new_thread(request[BODY]).wire())


async def retrieve_thread(request: web.Request) -> web.Response:
    return web.json_response(thread_of(request).wire())


async def create_message(request: web.Request) -> web.Response:
    message = account_of(request).add_message(thread_of(request), request[BODY])
    return web.json_response(message.wire())


async def list_messages(request: web.Request) -> web.Response:
    account = account_of(request)
    messages = account.listed(thread_of(request))
    if run_id := request.query.get("run_id"):
        messages = [message for message in messages if message.run_id == run_id]
    wire = [account.wire(message) for message in messages]
    return web.json_response(page(wire, {**request.query}, "message"))


async def retrieve_message(request: web.Request) -> web.Response:
    name = request.match_info["message"]
    account = account_of(request)
    for message in account.listed(thread_of(request)):
        if message.id == name:
            return web.json_response(account.wire(message))
    raise unknown("message", name)


async def list_assistants(request: web.Request) -> web.Response:
    scripts = [_assistant(script) for script in account_of(request).scripts.values()]
    # The newest comes first in a list, so the first script is the newest assistant.
    return web.json_response(page([*reversed(scripts)], {**request.query}, "assistant"))


async def retrieve_assistant(request: web.Request) -> web.Response:
    script = account_of(request).script(request.match_info["assistant"])
    return web.json_response(_assistant(script))


async def retrieve_file(request: web.Request) -> web.Response:
    return web.json_response(_file(request).wire())


async def file_content(request: web.Request) -> web.Response:
    file = _file(request)
    headers: dict[str, Any] = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{file.filename}"',
    }
    return web.Response(body=file.content, headers=headers)


def _file(request: web.Request) -> File:
    name = request.match_info["file"]
    if name not in FILES:
        raise no_such_file(name)
    return FILES[name]


def _assistant(script: Script) -> Json:
    return {
        "id": script.id,
        "object": "assistant",
        "created_at": 1767225600,
        "name": script.name,
        "description": script.description,
        "model": MODEL,
        "instructions": None,
        "tools": list(script.tools),
        "tool_resources": {},
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "response_format": "auto",
    }
