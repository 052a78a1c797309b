"""The `responses` upstream: calls that the client answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from relay.upstreams.responses import ResponsesUpstream
from tests.scripted.responses import ScriptedResponses

from .responding import EXIT, PICTURE, HeardRun

# For each script: the type of its call, what the client answers, and the item of that.
ANSWERS: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "function-call": ("function", "rain", {"type": "function_call_output", "output": "rain"}),
    "custom-tool": (
        "custom_tool_call",
        "rain",
        {"type": "custom_tool_call_output", "output": "rain"},
    ),
    "shell": (
        "shell_call",
        json.dumps([{"stdout": "letters", "stderr": "", "outcome": EXIT}]),
        {
            "type": "shell_call_output",
            "output": [{"stdout": "letters", "stderr": "", "outcome": EXIT}],
        },
    ),
    "local-shell": (
        "local_shell_call",
        "1999",
        {"type": "local_shell_call_output", "output": "1999"},
    ),
    "apply-patch": (
        "apply_patch_call",
        '{"status": "failed", "output": "no such file"}',
        {"type": "apply_patch_call_output", "status": "failed", "output": "no such file"},
    ),
    "computer-use": (
        "computer_call",
        json.dumps({"image_url": PICTURE}),
        {
            "type": "computer_call_output",
            "output": {"type": "computer_screenshot", "image_url": PICTURE},
        },
    ),
    "tool-search-client": (
        "tool_search_call",
        '{"tools": []}',
        {
            "type": "tool_search_output",
            "execution": "client",
            "status": "completed",
            "tools": [],
        },
    ),
    "mcp-approval": (
        "mcp_approval_request",
        '{"approve": true, "reason": "go on"}',
        {"type": "mcp_approval_response", "approve": True, "reason": "go on"},
    ),
}


def call_id_in(item: Mapping[str, Any]) -> Any:
    return item.get("call_id", item.get("approval_request_id"))


@pytest.mark.parametrize("script", ANSWERS)
async def test_a_call_of_the_client_is_asked_for_and_its_output_goes_on_with_the_run(
    script: str,
    scripted_responses: ScriptedResponses,
    conversation_id: str,
    run: HeardRun,
) -> None:
    kind, output, expected = ANSWERS[script]

    status = await run.begin()
    [call] = run.calls()
    await run.answer(output)

    assert status == "requires_action"
    assert call["type"] == kind
    body = scripted_responses.received("responses.create")[-1].body
    [item] = body["input"]
    assert call_id_in(item) == call["id"]
    assert {key: item[key] for key in expected} == expected
    assert body["conversation"] == conversation_id
    assert body["model"] == script


async def test_a_function_is_asked_for_as_in_the_assistants_api(
    responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "parallel-calls")

    await run.begin()

    assert [{**call, "id": ""} for call in run.calls()] == [
        {"id": "", "type": "function", "function": {"name": name, "arguments": '{"city":"Lisbon"}'}}
        for name in ("get_time", "get_weather")
    ]
    assert all(call["id"] for call in run.calls())


async def test_what_is_no_function_is_asked_for_as_the_item_that_it_is(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "apply-patch")

    await run.begin()

    item = scripted_responses.conversation(conversation_id).items[-1]
    assert run.calls() == [
        {"id": item["call_id"], "type": "apply_patch_call", "apply_patch_call": item}
    ]


@pytest.mark.parametrize(
    "script", ["mcp-call", "hosted-shell", "code-interpreter", "web-search", "image-generation"]
)
async def test_what_the_server_does_by_itself_waits_for_nobody(run: HeardRun) -> None:
    status = await run.begin()

    assert status == "completed"


async def test_a_run_may_wait_more_than_once(
    responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "call-after-call")

    statuses = [await run.begin(), await run.answer("sun"), await run.answer("rain")]

    assert statuses == ["requires_action", "requires_action", "completed"]


@pytest.mark.parametrize("script", ANSWERS)
async def test_a_run_that_waits_is_told_as_it_is(
    script: str, responses: ResponsesUpstream, conversation_id: str, run: HeardRun
) -> None:
    await run.begin()

    told = await responses.retrieve_run(
        conversation_id, str(run.told()["upstream_ids"][-1]), script
    )

    assert told["status"] == "requires_action"
    assert told["required_action"] == run.said["required_action"]


@pytest.mark.parametrize("script", ANSWERS)
async def test_a_thread_is_usable_once_its_open_calls_are_closed(
    script: str,
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
    run: HeardRun,
) -> None:
    await run.begin()

    await responses.close_calls(run.told(), "The run was cancelled.")

    other = HeardRun(responses, conversation_id)
    assert await other.begin() == "completed"
    [posted] = scripted_responses.received("items.create")
    assert "cancelled" in json.dumps(posted.body) or script in {
        "computer-use",
        "tool-search-client",
    }


async def test_a_request_for_approval_that_nobody_answers_is_a_no(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "mcp-approval")
    await run.begin()

    await responses.close_calls(run.told(), "The run expired.")

    item = scripted_responses.conversation(conversation_id).items[-1]
    assert item["approve"] is False
    assert item["reason"] == "The run expired."


@pytest.mark.parametrize("script", ["function-call", "shell", "computer-use", "mcp-approval"])
async def test_calls_that_a_killed_relay_left_open_do_not_end_the_thread(
    script: str, responses: ResponsesUpstream, conversation_id: str
) -> None:
    await HeardRun(responses, conversation_id, script).begin()

    status = await HeardRun(responses, conversation_id).begin()

    assert status == "completed"


async def test_outputs_that_were_lost_with_a_cancelled_response_do_not_end_the_thread(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "function-call")
    await run.begin()
    [call] = run.calls()
    outputs = [{"tool_call_id": call["id"], "output": "rain"}]
    hold = scripted_responses.hold(3)
    async with responses.submit_tool_outputs(run.told(), outputs) as chunks:
        await anext(chunks)
        await responses.cancel_run(conversation_id, scripted_responses.responses[-1].id)
    hold.release()

    status = await HeardRun(responses, conversation_id).begin()

    assert status == "completed"
