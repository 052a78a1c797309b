"""The page, its modules, and nothing else that lies on this machine."""

import pytest

from relay.places import web_folder

from .relays import Relay
from .sockets import answer_to, body_of, status_of


async def test_the_page_allows_nothing_from_elsewhere(relay: Relay) -> None:
    answer = await relay.get("/")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'", "script-src 'self'", "style-src 'self'",
        "img-src 'self' data: blob:", "connect-src 'self'", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'",
    ]  # fmt: skip
    assert answer.body == (web_folder() / "index.html").read_bytes()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/web/index.js", "text/javascript; charset=utf-8"),
        ("/web/reducer/index.js", "text/javascript; charset=utf-8"),
        ("/web/index.html", "text/html; charset=utf-8"),
    ],
)
async def test_a_module_is_served_as_what_it_is(relay: Relay, path: str, kind: str) -> None:
    answer = await relay.get(path)

    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/web/../pyproject.toml", "/web/..%2fpyproject.toml", "/web/%2e%2e/%2e%2e/etc/passwd",
        "/web//etc/passwd", "/web/%2fetc%2fpasswd", "/web/reducer/../../relay/app.py",
        "/web/reducer", "/web/reducer/", "/web/.", "/web/..", "/web/none.js", "/web/index.js%00",
        "/web/%00", "/web/package.json", "/web/tsconfig.json", "/web/.npmrc",
        "/web/node_modules/typescript/lib/typescript.js", "/web/..%5cpyproject.toml",
        "/web/" + "a" * 300 + ".js", "/web/index.js%0d%0aX:%201",
    ],
)  # fmt: skip
async def test_nothing_else_is_served(relay: Relay, path: str) -> None:
    answer = await answer_to(relay, "GET", path)

    assert status_of(answer) == 404
    assert b'"error"' in body_of(answer)
