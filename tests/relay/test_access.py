"""Who may do what: the token, the hook, and what a foreign page may not do."""

from typing import Any

import pytest
from aiohttp import web

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .relays import Relay
from .sockets import answer_to, body_of, status_of

TOKEN = "correct horse battery staple"

# Every route that needs leave, and the action that it needs.
GUARDED = {
    "GET /assistants": "read",
    "POST /threads": "write",
    "GET /threads/{t}": "read",
    "GET /threads/{t}/messages": "read",
    "POST /threads/{t}/messages": "write",
    "POST /threads/{t}/runs": "run",
    "GET /threads/{t}/runs": "read",
    "GET /threads/{t}/runs/{r}": "read",
    "POST /threads/{t}/runs/{r}/cancel": "run",
    "POST /threads/{t}/runs/{r}/submit_tool_outputs": "run",
    "GET /threads/{t}/events": "read",
    "GET /threads/{t}/runs/{r}/events": "read",
    "GET /threads/{t}/files/file-1/content": "read",
    "GET /recordings": "read",
    "GET /metrics": "read",
    "GET /recordings/plain-text/events": "read",
}
OPEN = ["/healthz", "/readyz", "/", "/web/index.js"]


@pytest.fixture
async def locked(start_relay: StartRelay) -> Relay:
    return await start_relay(token=TOKEN)


@pytest.mark.parametrize("route", GUARDED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Cookie": "relay_token=wrong"},
        {"Cookie": f"other={TOKEN}"},
    ],
    ids=["none", "wrong", "basic", "empty", "longer", "wrong cookie", "other cookie"],
)
async def test_without_the_token_everything_looks_like_an_unknown_id(
    locked: Relay, scripted: ScriptedAssistants, route: str, headers: dict[str, str]
) -> None:
    method, path = route.format(t="thread_1", r="run_1").split()

    answer = await locked.ask(method, path, headers=headers, **json_if(method))

    assert (answer.status, answer.error["code"]) == (404, "not_found")
    assert scripted.requests == []


def json_if(method: str) -> dict[str, Any]:
    return {"json": {}} if method == "POST" else {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": f"bearer  {TOKEN}"},
        {"Cookie": f'relay_token="{TOKEN}"'},
        {"Cookie": f'a=b; relay_token="{TOKEN}"; c=d', "Authorization": "Basic x"},
    ],
    ids=["bearer", "in lower case", "cookie", "cookie among others"],
)
async def test_with_the_token_everything_is_open(locked: Relay, headers: dict[str, str]) -> None:
    thread = await locked.ask("POST", "/threads", json={}, headers=headers)
    page = await locked.get(f"/threads/{thread.json['id']}/messages", **headers)

    assert (thread.status, page.status) == (200, 200)


@pytest.mark.parametrize("path", OPEN)
async def test_the_page_and_the_health_need_no_token(locked: Relay, path: str) -> None:
    assert (await locked.get(path)).status == 200


async def test_the_page_puts_the_token_into_a_cookie_that_no_script_reads(locked: Relay) -> None:
    answer = await locked.ask("GET", "/", params={"token": TOKEN}, allow_redirects=False)

    cookie, attributes = answer.headers["Set-Cookie"].split("; ", 1)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert attributes == "HttpOnly; Path=/; SameSite=Strict"
    assert (await locked.get("/assistants", Cookie=cookie)).status == 200


async def test_the_hook_is_asked_with_action_and_thread_on_every_route(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    asked: list[tuple[str, str | None]] = []

    async def nobody(request: web.Request, action: str, thread_id: str | None) -> bool:
        asked.append((action, thread_id))
        return request.headers.get("X-User") == "somebody"

    relay = await start_relay(authorize=nobody)
    for route, action in GUARDED.items():
        method, path = route.format(t="thread_7", r="run_1").split()
        asked.clear()

        answer = await relay.ask(method, path, **json_if(method))

        assert answer.status == 404, route
        assert asked == [(action, "thread_7" if "{t}" in route else None)], route
    assert scripted.requests == []


async def test_the_hook_decides_by_thread_and_by_action(start_relay: StartRelay) -> None:
    mine: set[str | None] = {None}

    async def only_mine(_request: web.Request, action: str, thread_id: str | None) -> bool:
        return thread_id in mine and action != "run"

    relay = await start_relay(authorize=only_mine)
    thread_id = await relay.new_thread()
    before = await relay.get(f"/threads/{thread_id}/messages")
    mine.add(thread_id)

    after = await relay.get(f"/threads/{thread_id}/messages")
    run = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "one-word"})

    assert (before.status, after.status, run.status) == (404, 200, 404)


async def test_the_hook_is_asked_again_on_every_reconnect(start_relay: StartRelay) -> None:
    answers = [True, False]

    async def once(_request: web.Request, _action: str, _thread_id: str | None) -> bool:
        return answers.pop(0)

    relay = await start_relay(authorize=once)
    async with relay.follow("thread_1") as feed:
        cursor = feed.cursor

    again = await relay.get("/threads/thread_1/events", **{"Last-Event-ID": cursor})

    assert again.status == 404


async def test_a_hook_that_fails_lets_nobody_in(start_relay: StartRelay) -> None:
    async def broken(_request: web.Request, _action: str, _thread_id: str | None) -> bool:
        raise RuntimeError("the database is away")

    relay = await start_relay(authorize=broken)

    answer = await relay.get("/assistants")

    assert answer.status == 500
    assert answer.error == {
        "message": "the relay failed", "type": "server_error", "param": None,
        "code": "internal_error",
    }  # fmt: skip


LOOPBACK = ["localhost", "localhost:8080", "127.0.0.1", "127.3.2.1:9", "[::1]:8080", "LOCALHOST",
            "app.localhost"]  # fmt: skip
FOREIGN = ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
           "10.0.0.1", "[::2]", "[", "", "evil.example@localhost", "localhost:x@evil"]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK)
async def test_a_name_of_this_machine_is_answered(relay: Relay, host: str) -> None:
    assert status_of(await answer_to(relay, "GET", "/healthz", f"Host: {host}")) == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/healthz", "/", "/assistants", "/threads/thread_1/events"])
async def test_a_page_whose_name_was_rebound_to_this_machine_gets_nothing(
    relay: Relay, host: str, path: str
) -> None:
    answer = await answer_to(relay, "GET", path, f"Host: {host}")

    assert status_of(answer) in (400, 403)
    assert b"event-stream" not in answer


async def test_a_listed_name_is_answered(start_relay: StartRelay) -> None:
    relay = await start_relay(hosts="relay.example, other.example")

    listed = await answer_to(relay, "GET", "/healthz", "Host: Relay.Example:443")
    other = await answer_to(relay, "GET", "/healthz", "Host: another.example")

    assert (status_of(listed), status_of(other)) == (200, 403)


async def test_beyond_loopback_any_name_is_answered(start_relay: StartRelay) -> None:
    relay = await start_relay(host="0.0.0.0", token=TOKEN)  # noqa: S104  (a setting only)

    assert status_of(await answer_to(relay, "GET", "/healthz", "Host: relay.example")) == 200


POSTS = [route for route in GUARDED if route.startswith("POST")]
FOREIGN_ORIGINS = ["https://evil.example", "null", "http://localhost:1", "http://[",
                   "", "localhost", "file://"]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize("route", POSTS)
async def test_a_page_of_another_site_posts_nothing(
    relay: Relay, scripted: ScriptedAssistants, route: str, origin: str
) -> None:
    path = route.format(t="thread_1", r="run_1").split()[1]

    answer = await answer_to(relay, "POST", path, f"Origin: {origin}")

    assert status_of(answer) == 403
    assert b'"code": "forbidden"' in body_of(answer)
    assert scripted.requests == []


async def test_the_relays_own_page_posts(relay: Relay) -> None:
    own = relay.url

    answer = await relay.ask("POST", "/threads", json={}, headers={"Origin": own})

    assert answer.status == 200


async def test_cors_is_off_unless_origins_are_listed(relay: Relay) -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}

    preflight = await relay.ask("OPTIONS", "/threads", headers=headers)
    got = await relay.get("/assistants", Origin="https://app.example")

    assert preflight.status == 403
    assert got.status == 200
    for answer in (preflight, got):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.fixture
async def with_origins(start_relay: StartRelay) -> Relay:
    return await start_relay(origins="https://app.example,https://other.example:444")


@pytest.mark.parametrize("origin", ["https://app.example", "https://other.example:444"])
async def test_a_page_of_a_listed_origin_may_ask_and_read(with_origins: Relay, origin: str) -> None:
    wanted = {"Access-Control-Request-Method": "POST", "Origin": origin}
    wanted["Access-Control-Request-Headers"] = "content-type, idempotency-key, last-event-id"

    preflight = await with_origins.ask("OPTIONS", "/threads", headers=wanted)
    posted = await with_origins.ask("POST", "/threads", json={}, headers={"Origin": origin})
    refused = await with_origins.get("/threads/none", Origin=origin)
    async with with_origins.open("/threads/thread_1/events", Origin=origin) as feed:
        stream = feed.response

    allowed = preflight.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert (preflight.status, preflight.body) == (204, b"")
    assert {"content-type", "authorization", "idempotency-key", "last-event-id"} <= {*allowed}
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert posted.status == 200
    for answer in (preflight, posted, refused, stream):
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://app.example", "https://app.example.evil", "null"]
)
async def test_a_page_of_any_other_origin_may_not(with_origins: Relay, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    preflight = await with_origins.ask("OPTIONS", "/threads", headers=headers)
    posted = await with_origins.ask("POST", "/threads", json={}, headers=headers)
    got = await with_origins.get("/assistants", Origin=origin)

    assert (preflight.status, posted.status) == (403, 403)
    for answer in (preflight, posted, got):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


async def test_a_preflight_needs_no_token(start_relay: StartRelay) -> None:
    relay = await start_relay(origins="https://app.example", token=TOKEN)
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}

    answer = await relay.ask("OPTIONS", "/threads/thread_1/events", headers=headers)

    assert answer.status == 204
