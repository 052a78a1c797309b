"""What the handlers share, and how they read a request."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from ..access import Access
from ..errors import BadRequest, BodyTooSlow, NotFound, WrongMediaType
from ..exposition import Exposition
from ..logs import Store
from ..measures import Measures
from ..readiness import Readiness
from ..recording import Recordings
from ..runs.desk import Desk
from ..runs.keys import Key
from ..runs.thread import Thread
from ..runs.threads import Threads
from ..settings import Settings
from ..upstreams import Upstream

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_LONGEST_KEY = 255

Body = TypeVar("Body", bound=BaseModel)
Default = TypeVar("Default", int, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    settings: Settings
    upstream: Upstream
    store: Store
    threads: Threads
    desk: Desk
    recordings: Recordings
    access: Access
    measures: Measures
    exposition: Exposition
    readiness: Readiness


RELAY = web.AppKey("relay", Relay)


def relay_of(request: web.Request) -> Relay:
    return request.app[RELAY]


def check_ids(request: web.Request) -> None:
    """Ids are checked after decoding: aiohttp decodes `%2f` and `%00` too.  Raises NotFound."""
    for name, value in request.match_info.items():
        if name != "path" and not _ID.fullmatch(value):
            raise NotFound(f"no such {name.removesuffix('_id')}", param=name)


async def thread_of(request: web.Request) -> Thread:
    return await relay_of(request).threads.open(request.match_info["thread_id"])


def key_of(request: web.Request, endpoint: str) -> Key | None:
    """The idempotency key in its scope, thread and endpoint; None if there is none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise BadRequest(f"Idempotency-Key has 1 to {_LONGEST_KEY} characters")
    return Key(request.match_info.get("thread_id", ""), endpoint, key)


async def body_of(request: web.Request, kind: type[Body]) -> Body:
    """The body, checked.

    Raises WrongMediaType, BodyTooSlow, and BadRequest that names the field.
    """
    if request.content_type != "application/json":
        raise WrongMediaType("the body must be application/json")
    try:
        async with asyncio.timeout(relay_of(request).settings.body_timeout):
            text = await request.read()
    except TimeoutError:
        raise BodyTooSlow("the body did not come in time") from None
    try:
        return kind.model_validate_json(text or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        param = ".".join(str(part) for part in first["loc"]) or None
        where = f"{param}: " if param else ""
        raise BadRequest(where + first["msg"], param=param) from None


def check_query(request: web.Request, known: Collection[str]) -> None:
    """What is not understood is not ignored.  Raises BadRequest."""
    for name in request.query:
        if name not in known:
            raise BadRequest(f"unknown parameter {name}", param=name)


def order_of(request: web.Request) -> str:
    """Raises BadRequest."""
    order = request.query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise BadRequest("order is asc or desc", param="order")
    return order


def number_of(
    request: web.Request, name: str, default: Default, least: int, most: int
) -> int | Default:
    """A whole number of the query.  Raises BadRequest."""
    text = request.query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise BadRequest(f"{name} is a whole number from {least} to {most}", param=name)
    return int(text)
