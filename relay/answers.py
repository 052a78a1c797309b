"""Errors as OpenAI's JSON, and the headers that every answer carries."""

import logging
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from .access import Access
from .errors import BodyTooLarge, Forbidden, RelayError

logger = logging.getLogger(__name__)


def refusals(access: Access) -> Any:
    """The middleware that asks who is there, and turns what is raised into an answer."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            access.check_host(request)
            if request.method == "OPTIONS":
                return _preflight(request, access)
            if request.method == "POST":
                access.check_origin(request)
            return await handler(request)
        except RelayError as error:
            return _answer(request, error)
        except web.HTTPRequestEntityTooLarge:
            return _answer(request, BodyTooLarge("the body is too large"))
        except web.HTTPException as error:
            return _answer(request, _Http(error))
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return _answer(request, RelayError("the relay failed"))

    return middleware


class _Http(RelayError):
    """What aiohttp itself refuses: an unknown path, a method that a path has not."""

    type = "invalid_request_error"
    code = None

    def __init__(self, error: web.HTTPException) -> None:
        super().__init__(error.reason or "refused")
        self._error = error

    @property
    def http_status(self) -> int:
        return self._error.status

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": self._error.headers["Allow"]} if "Allow" in self._error.headers else {}


def _answer(request: web.Request, error: RelayError) -> web.Response:
    headers = dict(error.headers)
    if request.method == "POST":
        # OpenAI's SDKs repeat a POST on 409, 429 and 5xx, which could start a second run.
        headers["x-should-retry"] = "false"
    return web.json_response(error.to_json(), status=error.http_status, headers=headers)


def _preflight(request: web.Request, access: Access) -> web.Response:
    if not access.is_listed(request.headers.get("Origin", "")):
        raise Forbidden("this origin is not in RELAY_ORIGINS")
    return web.Response(status=204)


def common_headers(access: Access) -> Any:
    """For `on_response_prepare`, so that streams have them too."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.update(access.cors(request))

    return add
