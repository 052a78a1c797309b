"""What browsers tell of who makes them ask, and what OpenAI's SDKs send from within them."""

import pytest

from .conftest import StartRelay
from .relays import Relay
from .sockets import answer_to, body_of, status_of

TOKEN = "correct horse battery staple"
READ = [
    "/assistants",
    "/recordings",
    "/threads/thread_1",
    "/threads/thread_1/messages",
    "/threads/thread_1/runs",
    "/threads/thread_1/events",
    "/threads/thread_1/runs/run_1/events",
    "/threads/thread_1/files/file-1/content",
]


@pytest.mark.parametrize("path", READ)
async def test_a_page_of_another_site_makes_no_browser_read(relay: Relay, path: str) -> None:
    answer = await relay.get(path, **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil"})
    without_origin = await relay.get(path, **{"Sec-Fetch-Site": "cross-site"})

    for refused in (answer, without_origin):
        assert (refused.status, refused.error["code"]) == (403, "forbidden")
    assert not relay.is_open("thread_1")


@pytest.mark.parametrize("path", ["/", "/web/index.js", "/healthz"])
async def test_a_link_from_another_site_opens_the_page(relay: Relay, path: str) -> None:
    answer = await relay.get(path, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status == 200


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
async def test_the_relays_own_page_and_a_typed_address_read(relay: Relay, site: str) -> None:
    assert (await relay.get("/assistants", **{"Sec-Fetch-Site": site})).status == 200


async def test_a_page_of_a_listed_origin_reads(start_relay: StartRelay) -> None:
    relay = await start_relay(origins="https://app.example")
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"}

    assert (await relay.get("/assistants", **headers)).status == 200


async def test_a_listed_page_may_send_what_the_sdk_sends(start_relay: StartRelay) -> None:
    relay = await start_relay(origins="https://app.example")
    sent = "authorization,content-type,last-event-id,openai-beta,x-stainless-lang"
    headers = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": sent,
    }

    preflight = await relay.ask("OPTIONS", "/threads", headers=headers)
    refused = await relay.ask("POST", "/threads/-/runs", json={}, headers=headers)

    allowed = preflight.headers["Access-Control-Allow-Headers"].lower().replace(" ", "")
    assert {*sent.split(",")} <= {*allowed.split(",")}
    assert refused.headers["x-should-retry"] == "false"
    assert "x-should-retry" in refused.headers["Access-Control-Expose-Headers"].lower()


async def test_a_wrong_token_gets_no_cookie(start_relay: StartRelay) -> None:
    relay = await start_relay(token=TOKEN)

    wrong = await relay.ask("GET", "/?token=wrong", allow_redirects=False)
    empty = await relay.ask("GET", "/?token=", allow_redirects=False)
    right = await relay.ask("GET", "/", params={"token": TOKEN}, allow_redirects=False)

    for refused in (wrong, empty):
        assert (refused.status, refused.error["code"]) == (404, "not_found")
        assert "Set-Cookie" not in refused.headers
    assert (right.status, right.headers["Location"]) == (303, "/")
    assert "relay_token=" in right.headers["Set-Cookie"]


async def test_where_there_is_no_token_none_is_right(relay: Relay) -> None:
    answer = await relay.ask("GET", "/?token=any", allow_redirects=False)

    assert answer.status == 404


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "localhost:x", "@localhost"])
async def test_a_host_that_is_no_name_is_refused(relay: Relay, host: str) -> None:
    answer = await answer_to(relay, "GET", "/healthz", f"Host: {host}")

    assert status_of(answer) == 403, body_of(answer)


@pytest.mark.parametrize("name", ["%00.js", "a" * 300 + ".js", "a/" * 3000 + ".js"])
async def test_a_name_that_no_file_can_have_is_not_found(relay: Relay, name: str) -> None:
    assert status_of(await answer_to(relay, "GET", f"/web/{name}")) == 404
