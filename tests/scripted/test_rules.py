"""The scripted server is as strict as the real one."""

from typing import Any

import pytest

from .asking import Asking
from .assistants import ScriptedAssistants
from .parts import Json

RUN: Json = {"assistant_id": "plain-text"}
MESSAGE: Json = {"role": "user", "content": "And?"}


async def settled_run(
    scripted: ScriptedAssistants, asking: Asking, assistant_id: str
) -> tuple[str, str]:
    """A thread, and a run of it that has ended or waits for outputs."""
    thread_id = await asking.new_thread()
    run = await asking.post(f"/threads/{thread_id}/runs", {"assistant_id": assistant_id})
    await scripted.finished(run["id"])
    return thread_id, run["id"]


async def test_a_thread_with_an_active_run_takes_neither_messages_nor_runs(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id = await asking.new_thread()
    hold = scripted.hold(3, thread_id)
    run = await asking.post(f"/threads/{thread_id}/runs", RUN)

    message = await asking.post(f"/threads/{thread_id}/messages", MESSAGE)
    second = await asking.post(f"/threads/{thread_id}/runs", RUN)
    hold.release()
    await scripted.finished(run["id"])
    later = await asking.post(f"/threads/{thread_id}/messages", MESSAGE)

    assert (message["http"], second["http"], later["http"]) == (400, 400, 200)
    assert message["error"]["message"] == (
        f"Can't add messages to {thread_id} while a run {run['id']} is active."
    )
    assert second["error"]["message"] == (
        f"Thread {thread_id} already has an active run {run['id']}."
    )


async def test_a_run_that_waits_for_outputs_holds_the_lock_too(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id, _ = await settled_run(scripted, asking, "function-call")

    message = await asking.post(f"/threads/{thread_id}/messages", MESSAGE)

    assert message["http"] == 400


async def test_a_run_waits_until_all_outputs_are_there(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id, run_id = await settled_run(scripted, asking, "parallel-calls")
    path = f"/threads/{thread_id}/runs/{run_id}"
    waiting = (await asking.get(path))["required_action"]["submit_tool_outputs"]["tool_calls"]
    outputs = [{"tool_call_id": call["id"], "output": "now"} for call in waiting]

    some = await asking.post(f"{path}/submit_tool_outputs", {"tool_outputs": outputs[:1]})
    every = await asking.post(f"{path}/submit_tool_outputs", {"tool_outputs": outputs})
    await scripted.finished(run_id)
    again = await asking.post(f"{path}/submit_tool_outputs", {"tool_outputs": outputs})

    assert (some["http"], every["http"], again["http"]) == (400, 200, 400)
    assert again["error"]["message"] == 'Runs in status "completed" do not accept tool outputs.'


async def test_a_run_that_has_ended_cannot_be_cancelled(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id, run_id = await settled_run(scripted, asking, "plain-text")

    answer = await asking.post(f"/threads/{thread_id}/runs/{run_id}/cancel", {})

    assert answer["http"] == 400
    assert answer["error"]["message"] == "Cannot cancel run with status 'completed'."


async def test_a_run_that_nobody_answers_expires(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id, run_id = await settled_run(scripted, asking, "function-call")

    await scripted.expire(run_id)

    expired = await asking.get(f"/threads/{thread_id}/runs/{run_id}")
    assert expired["status"] == "expired"
    assert (await asking.post(f"/threads/{thread_id}/messages", MESSAGE))["http"] == 200


@pytest.mark.parametrize(("shown", "length"), [("empty", 0), ("partial", 1), ("absent", None)])
async def test_a_list_shows_a_half_finished_message_as_the_server_is_told_to(
    scripted: ScriptedAssistants, asking: Asking, shown: Any, length: int | None
) -> None:
    scripted.manners.half_finished = shown
    thread_id = await asking.new_thread()
    hold = scripted.hold(12)
    await asking.post(f"/threads/{thread_id}/runs", RUN)
    await hold.reached()

    listed = (await asking.get(f"/threads/{thread_id}/messages"))["data"]

    found = [len(item["content"]) for item in listed if item["role"] == "assistant"]
    assert found == ([] if length is None else [length])


BAD_REQUESTS = {
    "a run without an assistant": ("runs", {}, "assistant_id"),
    "a message without a role": ("messages", {"content": "Hello"}, "role"),
    "a message without content": ("messages", {"role": "user"}, "content"),
}


@pytest.mark.parametrize(("path", "body", "param"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_a_bad_request_is_told_by_its_field(
    asking: Asking, path: str, body: Json, param: str
) -> None:
    thread_id = await asking.new_thread()

    answer = await asking.post(f"/threads/{thread_id}/{path}", body)

    assert (answer["http"], answer["error"]["param"]) == (400, param)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up"])
async def test_a_bad_page_is_refused(asking: Asking, query: str) -> None:
    thread_id = await asking.new_thread()

    answer = await asking.get(f"/threads/{thread_id}/messages?{query}")

    assert answer["http"] == 400


async def test_the_beta_header_is_asked_for(scripted: ScriptedAssistants, asking: Asking) -> None:
    async with asking.open("GET", "/assistants", headers={"OpenAI-Beta": ""}) as response:
        answer = await response.json()

    assert response.status == 400
    assert answer["error"]["code"] == "invalid_beta"
    assert [request.operation for request in scripted.requests] == ["assistants.list"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_address_that_does_not_exist_is_told_in_json(asking: Asking, method: str) -> None:
    async with asking.open(method, "/engines") as response:
        answer = await response.json()

    assert response.status == 404
    assert answer["error"]["message"] == f"Invalid URL ({method} /v1/engines)"
