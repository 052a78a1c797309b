"""A script goes on with what the client says to its calls, however the history is told."""

from typing import Any

import pytest
from openai import AsyncOpenAI

from .conversing import HELLO, answered
from .responses.playing import recorded_outputs
from .responses.scripts import SCRIPTS


@pytest.mark.parametrize(
    ("model", "kind"), [("function-call", "function_call"), ("custom-tool", "custom_tool_call")]
)
async def test_a_script_goes_on_with_the_outputs_of_its_calls(
    responses_client: AsyncOpenAI, greeted_id: str, model: str, kind: str
) -> None:
    script = SCRIPTS[model]
    events = await answered(responses_client, greeted_id, script, [])
    call = events[-1].response.output[-1]
    output = {"type": f"{kind}_output", "call_id": call.call_id, "output": "forty-two"}

    events = await answered(responses_client, greeted_id, script, [output])

    assert call.type == kind
    assert "forty-two" in events[-1].response.output_text


@pytest.mark.parametrize(("approves", "ending"), [(True, "May."), (False, "shelf.")])
async def test_a_script_goes_on_as_a_person_decides(
    responses_client: AsyncOpenAI, greeted_id: str, *, approves: bool, ending: str
) -> None:
    script = SCRIPTS["mcp-approval"]
    events = await answered(responses_client, greeted_id, script, [])
    request = events[-1].response.output[-1]
    decision = {
        "type": "mcp_approval_response",
        "approval_request_id": request.id,
        "approve": approves,
    }

    events = await answered(responses_client, greeted_id, script, [decision])

    output = events[-1].response.output
    assert events[-1].response.output_text.endswith(ending)
    assert [item.approval_request_id for item in output if item.type == "mcp_call"] == (
        [request.id] if approves else []
    )


async def test_a_history_may_be_named_by_its_last_response(
    responses_client: AsyncOpenAI,
) -> None:
    script = SCRIPTS["parallel-calls"]
    asking = await responses_client.responses.create(model=script.id, input="Is she in?")
    outputs: Any = [
        {"type": "function_call_output", "call_id": item.call_id, "output": output}
        for item, output in zip(
            [item for item in asking.output if item.type == "function_call"],
            recorded_outputs(script, 0),
            strict=True,
        )
    ]

    response = await responses_client.responses.create(
        model=script.id, previous_response_id=asking.id, input=outputs
    )

    assert "20:10" in response.output_text
    assert "no wind" in response.output_text


async def test_a_history_may_be_sent_whole(responses_client: AsyncOpenAI) -> None:
    first = await responses_client.responses.create(model="function-call", input="Umbrella?")
    [call] = first.output
    assert call.type == "function_call"
    history: Any = [
        HELLO,
        call.to_dict(),
        {"type": "function_call_output", "call_id": call.call_id, "output": "hail"},
    ]

    response = await responses_client.responses.create(model="function-call", input=history)

    assert "hail" in response.output_text
