"""Who may do what: the `authorize` hook, the shared token, and what no foreign page may do."""

import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from .errors import Forbidden, NotFound
from .settings import Settings

# (request, action, thread_id) -> bool; actions are `read`, `write` and `run`.
Authorize: TypeAlias = Callable[[web.Request, str, str | None], Awaitable[bool]]

COOKIE = "relay_token"

_OUR_HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"

# A name or an address, an IPv6 one in brackets, and perhaps a port (RFC 9110, 7.2).
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::[0-9]*)?")


async def everybody(_request: web.Request, _action: str, _thread_id: str | None) -> bool:
    return True


def bearer_of(token: str) -> Authorize:
    """Whoever has the token: in the Authorization header, or in a cookie for an EventSource."""

    async def authorize(request: web.Request, _action: str, _thread_id: str | None) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = request.cookies.get(COOKIE, "")
        return _is_same(given.strip(), token)

    return authorize


def _is_same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), token.encode())


class Access:
    def __init__(self, settings: Settings, authorize: Authorize | None) -> None:
        self._settings = settings
        self._token = settings.token.get_secret_value() if settings.token else None
        self._authorize = authorize or (bearer_of(self._token) if self._token else everybody)
        # Whether users are told from each other; a token is the same for all.
        self.has_hook = authorize is not None

    async def check(self, request: web.Request, action: str, thread_id: str | None) -> None:
        """Raises NotFound: who may not see a thing cannot tell whether it is there."""
        if not await self._authorize(request, action, thread_id):
            raise NotFound(f"no thread {thread_id}" if thread_id else "not found")

    def check_token(self, given: str) -> None:
        """Raises NotFound, as for whatever is not there."""
        if self._token is None or not _is_same(given, self._token):
            raise NotFound("not found")

    def check_host(self, request: web.Request) -> None:
        """A page whose name was rebound to this machine says its own name here.

        Raises Forbidden.
        """
        name = _host_name(request.host)
        if not self._settings.is_loopback or name in self._settings.hosts or _is_loopback(name):
            return
        raise Forbidden(f"Host {name} is neither a loopback name nor in RELAY_HOSTS")

    def check_origin(self, request: web.Request) -> None:
        """A page of another site may only read, and that without credentials.  Raises Forbidden."""
        origin = request.headers.get("Origin")
        if origin is None or self.is_listed(origin):
            return
        if origin.partition("://")[2].lower() != request.host.lower():
            raise Forbidden(f"Origin {origin} is neither the relay's own nor in RELAY_ORIGINS")

    def check_site(self, request: web.Request) -> None:
        """A page of another site may not make a browser read, not even what it cannot see itself:
        each event stream costs.  Raises Forbidden.
        """
        is_cross_site = request.headers.get("Sec-Fetch-Site", "").lower() == "cross-site"
        if is_cross_site and not self.is_listed(request.headers.get("Origin", "")):
            raise Forbidden("this request comes from a page that is not in RELAY_ORIGINS")

    def is_listed(self, origin: str) -> bool:
        return origin.lower() in self._settings.origins

    def cors(self, request: web.Request) -> Mapping[str, str]:
        """What lets pages of a listed origin read answers (Fetch, 3.2); nothing for all others."""
        origin = request.headers.get("Origin")
        if not self._settings.origins:
            return {}
        if origin is None or not self.is_listed(origin):
            return {"Vary": "Origin"}
        wanted = request.headers.getall("Access-Control-Request-Headers", [])
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "Retry-After, X-Should-Retry",
            "Access-Control-Allow-Methods": "GET, POST",
            # Whatever it wants to send, such as the headers of OpenAI's SDKs.
            "Access-Control-Allow-Headers": ", ".join([_OUR_HEADERS, *wanted]),
            "Access-Control-Max-Age": "600",
        }


def _host_name(host: str) -> str:
    """Empty where it is no name, or has anything before it."""
    match = _HOST.fullmatch(host)
    return (match[1] or match[2]).lower() if match else ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
