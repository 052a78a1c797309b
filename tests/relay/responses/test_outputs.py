"""Tool outputs as browsers may send them: none of them ends a run."""

import pytest

from tests.relay.event_streams import statuses
from tests.relay.relays import Relay
from tests.scripted.responses import ScriptedResponses

TAKEN = {
    "not a number": ("shell", '[{"stdout": NaN}]'),
    "beyond all numbers": ("shell", '[{"exit": 1e999}]'),
    "half a character": ("shell", r'[{"stdout": "\ud800"}]'),
    "half a character in a patch": ("apply-patch", r'{"status": "failed", "output": "\ud800"}'),
    "a status that is no word": ("apply-patch", '{"status": ["failed"]}'),
    "deep nesting": ("shell", "[" * 100_000),
    "nothing": ("function-call", ""),
}
REFUSED = {
    "tools that no JSON can say": ("tool-search-client", '{"tools": [NaN]}'),
    "a reason with half a character": ("mcp-approval", r'{"approve": true, "reason": "\ud800"}'),
}


@pytest.mark.parametrize(("name", "output"), TAKEN.values(), ids=TAKEN)
async def test_what_is_no_json_is_text(relay: Relay, name: str, output: str) -> None:
    async with relay.waiting_run(name) as (feed, run):
        answer = await relay.answer_calls(run, output)
        frames = await feed.until_ended(run["id"])

    assert answer.status == 200
    assert statuses(frames) == ["in_progress", "completed"]


@pytest.mark.parametrize(("name", "output"), REFUSED.values(), ids=REFUSED)
async def test_a_run_goes_on_waiting_after_an_output_that_cannot_be_said(
    scripted_responses: ScriptedResponses, relay: Relay, name: str, output: str
) -> None:
    async with relay.waiting_run(name) as (_, run):
        answer = await relay.answer_calls(run, output)

    assert answer.status == 400
    assert answer.error["param"] == "tool_outputs"
    assert (await relay.run(run["thread_id"], run["id"]))["status"] == "requires_action"
    assert len(scripted_responses.received("responses.create")) == 1
