"""How the relay is doing: for those who restart it, send it visitors, or watch it."""

from aiohttp import web

from .context import Relay, relay_of


async def health(request: web.Request) -> web.Response:
    """Whether it runs: one that is not ready may still be well."""
    return _status("draining" if relay_of(request).threads.is_draining else "ok")


async def readiness(request: web.Request) -> web.Response:
    """Whether it can do what it is asked for, in one word; its log says more."""
    return _status(await _trouble(relay_of(request)) or "ok")


async def metrics(request: web.Request) -> web.Response:
    exposition = relay_of(request).exposition
    text, content_type = exposition.text(request.headers.get("Accept", ""))
    response = web.Response(body=text, headers={"Content-Type": content_type})
    if exposition.is_one_of_many:
        # Whoever kept the connection would hear of the same process for ever.
        response.force_close()
    return response


async def _trouble(relay: Relay) -> str | None:
    if relay.threads.is_draining:
        return "draining"
    return None if await relay.readiness.is_ready() else "store_failed"


def _status(status: str) -> web.Response:
    return web.json_response({"status": status}, status=200 if status == "ok" else 503)
