"""An upstream that refuses, or cannot be reached: the client is told, and there is no run."""

import logging

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import folded, statuses
from .relays import QUESTION, Relay

KEY = "sk-scripted-0123456789abcdefghij"

# Operation at the scripted server, and the request that leads to it.
REQUESTS = {
    "assistants.list": ("GET", "/assistants", None),
    "threads.create": ("POST", "/threads", {}),
    "threads.retrieve": ("GET", "/threads/{t}", None),
    "messages.list": ("GET", "/threads/{t}/messages", None),
    "messages.create": ("POST", "/threads/{t}/messages", QUESTION),
    "runs.create": ("POST", "/threads/{t}/runs", {"assistant_id": "one-word"}),
}


@pytest.mark.parametrize("status", [400, 404, 429])
@pytest.mark.parametrize("operation", REQUESTS)
async def test_what_a_client_can_do_something_about_is_passed_on_without_the_key(
    relay: Relay, scripted: ScriptedAssistants, operation: str, status: int
) -> None:
    if (operation, status) == ("assistants.list", 404):
        return
    thread_id = await relay.new_thread()
    told = {
        "message": f"Slow down, {KEY}!", "type": "rate_limit", "param": "x", "code": "too_fast",
    }  # fmt: skip
    scripted.fail_next(
        operation, status=status, headers={"Retry-After": "11"}, body={"error": told}
    )

    method, path, body = REQUESTS[operation]
    answer = await relay.ask(method, path.format(t=thread_id), json=body)

    assert answer.status == status
    assert answer.error == {**told, "message": "Slow down, [key]!"}
    assert answer.headers["Retry-After"] == "11"
    assert answer.headers.get("x-should-retry") == ("false" if method == "POST" else None)


@pytest.mark.parametrize("status", [401, 403, 418, 500, 503])
@pytest.mark.parametrize("operation", REQUESTS)
async def test_what_is_between_the_relay_and_its_upstream_is_told_in_the_relays_own_words(
    relay: Relay, scripted: ScriptedAssistants, operation: str, status: int
) -> None:
    thread_id = await relay.new_thread()
    told = {"message": f"Incorrect API key: {KEY}", "type": "x", "param": "y", "code": "z"}
    scripted.fail_next(operation, status=status, body={"error": told})

    method, path, body = REQUESTS[operation]
    answer = await relay.ask(method, path.format(t=thread_id), json=body)
    request_id = f"req_{len(scripted.requests):032d}"

    assert answer.status == 502
    assert answer.error == {
        "message": f"the upstream answered {status} (request {request_id})",
        "type": "server_error", "param": None, "code": "upstream_error",
    }  # fmt: skip


@pytest.mark.parametrize("operation", REQUESTS)
async def test_an_upstream_that_is_not_there_is_a_502(
    relay: Relay, scripted: ScriptedAssistants, operation: str
) -> None:
    thread_id = await relay.new_thread()
    await scripted.stop()

    method, path, body = REQUESTS[operation]
    answer = await relay.ask(method, path.format(t=thread_id), json=body)

    assert (answer.status, answer.error["code"]) == (502, "upstream_lost")
    assert answer.error["message"] == "the upstream cannot be reached"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_a_start_that_is_refused_leaves_no_run_and_no_frame(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    thread_id = await relay.new_thread()
    cursor = (await relay.messages(thread_id))["last_event_id"]
    scripted.fail_next("runs.create", status=status)

    answer = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "one-word"})
    runs = await relay.get(f"/threads/{thread_id}/runs")
    page = await relay.messages(thread_id)
    message = await relay.post(f"/threads/{thread_id}/messages", QUESTION)

    assert answer.status >= 400
    assert runs.json["data"] == page["runs"] == []
    assert page["last_event_id"] == cursor
    assert message.status == 200


async def test_an_unknown_assistant_is_not_found(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    answer = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "nobody"})

    assert answer.status == 404
    assert "nobody" in answer.error["message"]


async def test_additional_messages_come_before_the_run_and_reach_followers(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    more = [{"role": "user", "content": text} for text in ("One", "Two")]

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "one-word", additional_messages=more)
        frames = await feed.until_ended(run_id)

    names = [frame.event for frame in frames[:3]]
    texts = [m["content"][0]["text"]["value"] for m in folded(frames)]
    assert names == ["relay.message", "relay.message", "relay.run"]
    assert texts == ["Yes", "Two", "One"]
    assert folded(frames) == (await relay.messages(thread_id))["data"][:3]
    assert [m.wire() for m in reversed(scripted.thread(thread_id).messages)][:3] == folded(frames)


async def test_additional_messages_of_a_queued_run_wait_for_its_turn(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, first, hold = await relay.held_run(scripted, 9)

    async with relay.follow(thread_id) as feed:
        second = await relay.start(
            thread_id, "one-word", if_busy="enqueue", additional_messages=[QUESTION]
        )
        hold.release()
        frames = await feed.until_ended(second)

    said = [frame for frame in frames if frame.is_own]
    assert said[1].says("queued", second)
    assert said[2].says("completed", first)
    assert said[3].event == "relay.message"
    assert said[4].says("in_progress", second)


@pytest.mark.parametrize("status", [400, 429, 500])
async def test_when_the_start_is_refused_its_messages_stay_and_the_error_says_so(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", status=status)
    body = {"assistant_id": "one-word", "additional_messages": [QUESTION]}

    async with relay.follow(thread_id) as feed:
        answer = await relay.post(f"/threads/{thread_id}/runs", body)
        frame = await feed.next()

    assert answer.status == (502 if status == 500 else status)
    assert "the additional messages before it were added" in answer.error["message"]
    assert frame.data == (await relay.messages(thread_id))["data"][0]
    assert len(scripted.thread(thread_id).messages) == 2


async def test_when_an_additional_message_is_refused_nothing_says_that_it_was_added(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("messages.create", status=400, message="Too long")
    body = {"assistant_id": "one-word", "additional_messages": [QUESTION]}

    answer = await relay.post(f"/threads/{thread_id}/runs", body)

    assert (answer.status, answer.error["message"]) == (400, "Too long")
    assert scripted.received("runs.create") == []


async def test_a_queued_run_whose_start_is_refused_says_that_its_messages_stay(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, _, hold = await relay.held_run(scripted, 9)
    second = await relay.start(
        thread_id, "one-word", if_busy="enqueue", additional_messages=[QUESTION]
    )
    scripted.fail_next("runs.create", status=429)

    async with relay.follow(thread_id, second) as feed:
        hold.release()
        frames = await feed.rest()

    assert statuses(frames) == ["queued", "failed"]
    assert "messages before it were added" in frames[-1].data["last_error"]["message"]


async def test_no_key_is_in_any_log_record(
    start_relay: StartRelay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("tests").setLevel(logging.ERROR)
    relay = await start_relay(token="relay-secret-token")
    headers = {"Authorization": "Bearer relay-secret-token"}
    told = {"message": f"Wrong key {KEY}", "type": "x", "param": KEY, "code": KEY}
    for status in (400, 401, 429, 500):
        for operation in ("threads.create", "assistants.list"):
            scripted.fail_next(operation, status=status, body={"error": told})

    answers = []
    for _ in range(4):
        answers.append(await relay.ask("POST", "/threads", json={}, headers=headers))
        answers.append(await relay.ask("GET", "/assistants", headers=headers))
    await scripted.stop()
    answers.append(await relay.ask("GET", "/assistants", headers=headers))

    texts = [record.getMessage() + (record.exc_text or "") for record in caplog.records]
    bodies = [answer.body.decode() + str(answer.headers) for answer in answers]
    assert {answer.status for answer in answers} == {400, 429, 502}
    for text in [*texts, *bodies]:
        assert KEY not in text
        assert "relay-secret-token" not in text
