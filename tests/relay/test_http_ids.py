"""An id that is none is unknown, before anything of it reaches an upstream."""

import json

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .relays import Relay
from .sockets import answer_to, body_of, status_of

IDS = {
    "a way up": "..%2f..%2fv1",
    "a slash": "a%2fb",
    "a dot": "..",
    "an encoded dot": "%2e%2e",
    "nul": "a%00b",
    "a line end": "a%0d%0aX-Evil:%201",
    "a blank": "a%20b",
    "a question mark": "a%3Fb=1",
    "a hash": "a%23b",
    "a letter beyond ascii": "caf%C3%A9",
    "no utf-8": "%ff",
    "too long": "a" * 129,
    "a colon": "a:b",
    "twice encoded": "a%252fb",
}

ROUTES = {
    "GET thread": ("GET", "/threads/{id}"),
    "GET messages": ("GET", "/threads/{id}/messages"),
    "POST messages": ("POST", "/threads/{id}/messages"),
    "GET runs": ("GET", "/threads/{id}/runs"),
    "POST runs": ("POST", "/threads/{id}/runs"),
    "GET run": ("GET", "/threads/thread_1/runs/{id}"),
    "GET run of it": ("GET", "/threads/{id}/runs/run_1"),
    "POST cancel": ("POST", "/threads/thread_1/runs/{id}/cancel"),
    "POST outputs": ("POST", "/threads/thread_1/runs/{id}/submit_tool_outputs"),
    "GET feed": ("GET", "/threads/{id}/events"),
    "GET feed of a run": ("GET", "/threads/thread_1/runs/{id}/events"),
    "GET file": ("GET", "/threads/thread_1/files/{id}/content"),
    "GET recording": ("GET", "/recordings/{id}/events"),
}


@pytest.mark.parametrize(("method", "path"), ROUTES.values(), ids=ROUTES)
async def test_an_id_that_is_none_is_not_found(
    relay: Relay, scripted: ScriptedAssistants, method: str, path: str
) -> None:
    for name, bad_id in IDS.items():
        answer = await answer_to(relay, method, path.format(id=bad_id))

        assert status_of(answer) == 404, name
        assert json.loads(body_of(answer))["error"]["type"] == "invalid_request_error"
        assert b"X-Evil" not in answer.partition(b"\r\n\r\n")[0]
    assert scripted.requests == []


async def test_an_id_may_be_as_long_as_it_says(relay: Relay, scripted: ScriptedAssistants) -> None:
    answer = await relay.get(f"/threads/{'a' * 128}")

    assert answer.status == 404
    assert [request.path for request in scripted.requests] == [f"/v1/threads/{'a' * 128}"]


async def test_what_is_encoded_without_need_is_still_an_id(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    answer = await answer_to(relay, "GET", "/threads/%74" + thread_id[1:])

    assert status_of(answer) == 200
