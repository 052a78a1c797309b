"""What happens to every request: it is written down, its key is looked at, it may be refused."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import CIMultiDictProxy

from .answers import Refused, as_response, error_body, no_such_url, wrong_key
from .faults import Drop, Fault, Faults, NeverAnswer, Refuse
from .parts import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came.  `operation` is a name such as `runs.create`."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: CIMultiDictProxy[str]
    body: Json


KEY = web.AppKey("KEY", str)
FAULTS = web.AppKey("FAULTS", Faults)
RECEIVED = web.AppKey("RECEIVED", list[Received])
BODY = web.RequestKey("BODY", dict[str, Any])
# Whether the answer reaches nobody.
UNHEARD = web.RequestKey("UNHEARD", bool)
PLAN = web.RequestKey("PLAN", tuple[Fault, ...])


@web.middleware
async def receive(request: web.Request, handler: Handler) -> web.StreamResponse:
    received = request.app[RECEIVED]
    try:
        request[UNHEARD] = False
        request[BODY] = await _body(request)
        received.append(_received(request))
        _check(request)
        response = await _answer(request, handler)
    except web.HTTPException as error:
        response = as_response(no_such_url(error.status, request.method, request.path))
    except Refused as refused:
        response = as_response(refused)
    if not response.prepared:
        response.headers["x-request-id"] = f"req_{len(received):032d}"
    return response


async def _body(request: web.Request) -> Json:
    if request.method != "POST" or not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise Refused(400, "Expected a JSON object.")
    return body


def _received(request: web.Request) -> Received:
    return Received(
        operation_of(request),
        request.method,
        request.path,
        {**request.query},
        request.headers,
        request[BODY],
    )


def operation_of(request: web.Request) -> str:
    """To read a stream again is another thing than to ask how it ended."""
    name = request.match_info.route.name or ""
    return f"{name}.stream" if request.query.get("stream") == "true" else name


def _check(request: web.Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or key != request.app[KEY]:
        raise wrong_key(key)


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer, or do what a test has planned for this request."""
    fault = request.app[FAULTS].take(operation_of(request))
    if isinstance(fault, Refuse):
        return _refusal(fault)
    if isinstance(fault, Drop | NeverAnswer):
        return await _say_nothing(request, handler, fault)
    request[PLAN] = (fault,) if fault else ()
    return await handler(request)


async def _say_nothing(
    request: web.Request, handler: Handler, fault: Drop | NeverAnswer
) -> web.Response:
    if fault.when_done:
        request[UNHEARD] = True
        await handler(request)
    if isinstance(fault, NeverAnswer):
        await asyncio.Event().wait()
    if request.transport:
        request.transport.close()
    # Nobody gets it: the connection is closed.
    return web.Response()


def _refusal(fault: Refuse) -> web.Response:
    kind = "invalid_request_error" if fault.status < 500 else "server_error"
    body = fault.body or error_body(fault.message, fault.code, kind=kind)
    return web.json_response(body, status=fault.status, headers=fault.headers)
