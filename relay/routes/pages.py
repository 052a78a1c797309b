"""The demo page and its modules."""

from pathlib import Path

from aiohttp import web

from ..access import COOKIE
from ..errors import NotFound
from ..places import web_folder
from .context import relay_of

# No inline script or style, nothing from elsewhere, in nobody's frame (CSP 3).
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


async def index(request: web.Request) -> web.StreamResponse:
    """The page.  `?token=` puts the shared secret into a cookie, for an EventSource to send."""
    token = request.query.get("token")
    if token is None:
        return _file(web_folder() / "index.html")
    relay_of(request).access.check_token(token)
    response = web.Response(status=303, headers={"Location": "/"})
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=request.secure)
    return response


async def module(request: web.Request) -> web.StreamResponse:
    path = _module_path(request.match_info["path"])
    if path is None:
        raise NotFound("no such file")
    return _file(path)


def _module_path(name: str) -> Path | None:
    folder = web_folder().resolve()
    try:
        path = folder.joinpath(name).resolve()
        is_ours = path.is_relative_to(folder) and "node_modules" not in path.parts
        return path if is_ours and path.suffix in _TYPES and path.is_file() else None
    except (ValueError, OSError):
        # A name that no file can have: with NUL in it, or too long.
        return None


def _file(path: Path) -> web.FileResponse:
    return web.FileResponse(
        path,
        headers={
            "Content-Type": _TYPES[path.suffix],
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-cache",
            "Referrer-Policy": "no-referrer",
        },
    )
