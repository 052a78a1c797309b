"""A run is one or more responses."""

import pytest

from tests.relay.relays import Relay
from tests.scripted.responses.scripts import SCRIPTS

from .watching import assert_reload_is


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_reload_equals_what_was_watched(relay: Relay, name: str) -> None:
    thread_id = await relay.new_thread()

    frames = []
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, name)
        while True:
            frames += await feed.until(
                lambda frame: frame.says(
                    ("requires_action", "completed", "incomplete", "failed", "cancelled"), run_id
                )
            )
            if frames[-1].data["status"] != "requires_action":
                break
            calls = frames[-1].data["required_action"]["submit_tool_outputs"]["tool_calls"]
            outputs = [{"tool_call_id": c["id"], "output": _output(c["type"])} for c in calls]
            path = f"/threads/{thread_id}/runs/{run_id}/submit_tool_outputs"
            answer = await relay.post(path, {"tool_outputs": outputs})
            assert answer.status == 200, answer.body

    await assert_reload_is(relay, thread_id, frames)


def _output(kind: str) -> str:
    return {
        "mcp_approval_request": "true",
        "computer_call": '{"image_url":"data:image/png;base64,AAAA"}',
        "tool_search_call": '{"tools":[]}',
    }.get(kind, "done")
