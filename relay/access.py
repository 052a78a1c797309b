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

# A name or an address, an IPv6 one in brackets, and perhaps a port (RFC 9110, 7.2).
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::[0-9]*)?")


async def everybody(_request: web.Request, _action: str, _thread_id: str | None) -> bool:
    return True


def bearer_of(token: str) -> Authorize:
    """Whoever has the token: in the Authorization header, or in a cookie for an EventSource."""
    expected = token.encode()

    async def authorize(request: web.Request, _action: str, _thread_id: str | None) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = request.cookies.get(COOKIE, "")
        return hmac.compare_digest(given.strip().encode(errors="replace"), expected)

    return authorize


class Access:
    def __init__(self, settings: Settings, authorize: Authorize | None) -> None:
        self._settings = settings
        token = settings.token.get_secret_value() if settings.token else None
        self._authorize = authorize or (bearer_of(token) if token else everybody)

    async def check(self, request: web.Request, action: str, thread_id: str | None) -> None:
        """Raises NotFound: who may not see a thing cannot tell whether it is there."""
        if not await self._authorize(request, action, thread_id):
            raise NotFound(f"no thread {thread_id}" if thread_id else "not found")

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

    def is_listed(self, origin: str) -> bool:
        return origin.lower() in self._settings.origins

    def cors(self, request: web.Request) -> Mapping[str, str]:
        """What lets pages of a listed origin read answers (Fetch, 3.2); nothing for all others."""
        origin = request.headers.get("Origin")
        if not self._settings.origins:
            return {}
        if origin is None or not self.is_listed(origin):
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "Retry-After",
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": (
                "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
            ),
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
