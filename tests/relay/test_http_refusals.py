"""What a bad request gets: a 4xx in OpenAI's shape that says what is wrong."""

from typing import Any

import pytest
from openai import AsyncOpenAI

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .relays import QUESTION, Answer, Relay

USER = {"role": "user", "content": "Hello"}
RUN = {"assistant_id": "plain-text"}
OUTPUT = {"tool_call_id": "call_1", "output": "dry"}

# Path, body, and the field that is wrong.
BODIES: dict[str, tuple[str, Any, str | None]] = {
    "thread: unknown field": ("/threads", {"tool_resources": {}}, "tool_resources"),
    "thread: a message of the assistant": (
        "/threads", {"messages": [USER, {**USER, "role": "assistant"}]}, "messages.1.role",
    ),
    "thread: metadata of a number": ("/threads", {"metadata": {"a": 1}}, "metadata.a"),
    "thread: no object": ("/threads", [], None),
    "thread: a text": ("/threads", "x", None),
    "message: no role": ("/threads/{t}/messages", {"content": "x"}, "role"),
    "message: wrong role": ("/threads/{t}/messages", {**USER, "role": "system"}, "role"),
    "message: no content": ("/threads/{t}/messages", {"role": "user"}, "content"),
    "message: empty content": ("/threads/{t}/messages", {**USER, "content": ""}, "content"),
    "message: no parts": ("/threads/{t}/messages", {**USER, "content": []}, "content"),
    "message: content of a number": ("/threads/{t}/messages", {**USER, "content": 5}, "content"),
    "message: a part of a number": ("/threads/{t}/messages", {**USER, "content": [5]}, "content"),
    "message: unknown field": ("/threads/{t}/messages", {**USER, "status": "x"}, "status"),
    "message: too much metadata": (
        "/threads/{t}/messages", {**USER, "metadata": {str(n): "x" for n in range(17)}}, "metadata",
    ),
    "run: no assistant": ("/threads/{t}/runs", {}, "assistant_id"),
    "run: an empty assistant": ("/threads/{t}/runs", {"assistant_id": ""}, "assistant_id"),
    "run: an assistant of a number": ("/threads/{t}/runs", {"assistant_id": 1}, "assistant_id"),
    "run: unknown field": ("/threads/{t}/runs", {**RUN, "model": "x"}, "model"),
    "run: a field nobody should set": ("/threads/{t}/runs", {**RUN, "waits": True}, "waits"),
    "run: wrong if_busy": ("/threads/{t}/runs", {**RUN, "if_busy": "wait"}, "if_busy"),
    "run: a stream of a number": ("/threads/{t}/runs", {**RUN, "stream": 1}, "stream"),
    "run: messages of the assistant": (
        "/threads/{t}/runs",
        {**RUN, "additional_messages": [{**USER, "role": "assistant"}]},
        "additional_messages.0.role",
    ),
    "run: a stream of its turn": (
        "/threads/{t}/runs", {**RUN, "stream": True, "if_busy": "enqueue"}, "if_busy",
    ),
    "cancel: unknown field": ("/threads/{t}/runs/{r}/cancel", {"all": True}, "all"),
    "cancel: queued of a text": ("/threads/{t}/runs/{r}/cancel", {"queued": "true"}, "queued"),
    "outputs: none": ("/threads/{t}/runs/{r}/submit_tool_outputs", {}, "tool_outputs"),
    "outputs: empty": (
        "/threads/{t}/runs/{r}/submit_tool_outputs", {"tool_outputs": []}, "tool_outputs",
    ),
    "outputs: no call": (
        "/threads/{t}/runs/{r}/submit_tool_outputs",
        {"tool_outputs": [{"output": "x"}]},
        "tool_outputs.0.tool_call_id",
    ),
    "outputs: one twice": (
        "/threads/{t}/runs/{r}/submit_tool_outputs", {"tool_outputs": [OUTPUT] * 2}, "tool_outputs",
    ),
}  # fmt: skip

QUERIES = {
    "?limit=0": "limit",
    "?limit=101": "limit",
    "?limit=-1": "limit",
    "?limit=ten": "limit",
    "?limit=1e1": "limit",
    "?limit=%D9%A1": "limit",
    "?limit=": "limit",
    "?order=up": "order",
    "?run_id=run_1": "run_id",
    "?page=2": "page",
}


def assert_refused(answer: Answer, status: int, param: str | None = None) -> None:
    assert answer.status == status
    assert set(answer.json) == {"error"}
    assert set(answer.error) == {"message", "type", "param", "code"}
    assert answer.error["param"] == param
    assert isinstance(answer.error["message"], str)


@pytest.fixture
async def waiting(relay: Relay) -> tuple[str, str]:
    """A thread, and a run of it that waits for tool outputs."""
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "function-call")
    async with relay.follow(thread_id, run_id) as feed:
        await feed.until_said("requires_action")
    return thread_id, run_id


async def test_a_field_that_is_wrong_is_named_and_nothing_reaches_the_upstream(
    relay: Relay, scripted: ScriptedAssistants, waiting: tuple[str, str]
) -> None:
    thread_id, run_id = waiting
    scripted.requests.clear()

    for name, (path, body, param) in BODIES.items():
        answer = await relay.ask("POST", path.format(t=thread_id, r=run_id), json=body)

        assert (answer.status, answer.error["param"]) == (400, param), name
        assert_refused(answer, 400, param)
        assert answer.headers["x-should-retry"] == "false"
    assert scripted.requests == []


@pytest.mark.parametrize(("query", "param"), QUERIES.items(), ids=QUERIES)
async def test_a_parameter_that_is_wrong_is_named(relay: Relay, query: str, param: str) -> None:
    answer = await relay.get(f"/threads/thread_1/messages{query}")

    assert_refused(answer, 400, param)
    assert param in answer.error["message"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b'{"a":' * 5_000, b'{"metadata":{"a":"\\ud800"}}', b"NaN", b"{}{}"],
    ids=["half", "no utf-8", "too deep", "half a character", "no number", "two"],
)
async def test_a_body_that_is_no_json_is_refused(relay: Relay, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await relay.ask("POST", "/threads", data=body, headers=headers)

    assert answer.status == 400
    assert answer.error["code"] == "invalid_request"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
@pytest.mark.parametrize(
    "path",
    [
        "/threads",
        "/threads/thread_1/messages",
        "/threads/thread_1/runs",
        "/threads/thread_1/runs/run_1/cancel",
        "/threads/thread_1/runs/run_1/submit_tool_outputs",
    ],
)
async def test_a_post_must_be_json(relay: Relay, path: str, kind: str) -> None:
    answer = await relay.ask("POST", path, data=b"{}", headers={"Content-Type": kind})

    assert_refused(answer, 415)
    assert answer.error["code"] == "unsupported_media_type"


async def test_a_body_beyond_the_limit_is_refused(start_relay: StartRelay) -> None:
    relay = await start_relay(max_body_bytes=2_000)
    fits = {**QUESTION, "content": "x" * 1_900}

    accepted = await relay.post("/threads", {"messages": [fits]})
    refused = await relay.post("/threads", {"messages": [fits, fits]})

    assert accepted.status == 200
    assert_refused(refused, 413)
    assert refused.error["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/threads/thread_1", "GET"),
        ("PUT", "/threads/thread_1/messages", "GET,POST"),
        ("POST", "/threads/thread_1/events", "GET"),
        ("POST", "/healthz", "GET,HEAD"),
        ("POST", "/assistants", "GET"),
        ("GET", "/threads", "POST"),
        ("GET", "/threads/thread_1/runs/run_1/cancel", "POST"),
    ],
)
async def test_a_method_that_a_path_has_not_is_told_in_json(
    relay: Relay, method: str, path: str, allowed: str
) -> None:
    answer = await relay.ask(method, path)

    assert_refused(answer, 405)
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/nowhere", "/threads/", "/threads/a/b", "/web", "/v1/threads"])
async def test_an_unknown_path_is_told_in_json(relay: Relay, path: str) -> None:
    assert_refused(await relay.get(path), 404)


@pytest.mark.parametrize("path", ["/events", "/cancel", "/submit_tool_outputs"])
@pytest.mark.parametrize("is_thread_known", [True, False])
async def test_an_unknown_run_is_not_found(
    relay: Relay, path: str, *, is_thread_known: bool
) -> None:
    thread_id = await relay.new_thread()
    if is_thread_known:
        run_id = await relay.start(thread_id, "one-word")
        async with relay.follow(thread_id, run_id) as feed:
            await feed.rest()
    is_post = path in ("/cancel", "/submit_tool_outputs")
    body = {"tool_outputs": [OUTPUT]} if path == "/submit_tool_outputs" else {}

    answer = await relay.ask(
        "POST" if is_post else "GET", f"/threads/{thread_id}/runs/run_x{path}", json=body
    )

    assert_refused(answer, 404, "run_id")
    assert answer.error["code"] == "not_found"


@pytest.mark.filterwarnings("ignore:The Assistants API:DeprecationWarning")
async def test_a_run_that_only_the_upstream_may_know_is_asked_there(
    relay: Relay, scripted: ScriptedAssistants, scripted_client: AsyncOpenAI
) -> None:
    thread_id = await relay.new_thread()
    elsewhere = await scripted_client.beta.threads.runs.create(thread_id, assistant_id="one-word")
    await scripted.finished(elsewhere.id)

    known = await relay.get(f"/threads/{thread_id}/runs/{elsewhere.id}")
    unknown = await relay.get(f"/threads/{thread_id}/runs/run_x")

    assert (known.json["id"], known.json["status"]) == (elsewhere.id, "completed")
    assert_refused(unknown, 404)
    assert "run_x" in unknown.error["message"]


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_of_no_length_or_too_much_is_refused(relay: Relay, key: str) -> None:
    answer = await relay.post("/threads", {}, key=key)

    assert answer.status == 400
    assert "Idempotency-Key" in answer.error["message"]


async def test_an_unknown_recording_is_not_found(relay: Relay) -> None:
    assert_refused(await relay.get("/recordings/none/events"), 404, "name")
