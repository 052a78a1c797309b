"""A run with a tool call whose relay is killed at each of its stages, beside an undisturbed one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.relay.event_streams import Sent, folded, folded_runs, statuses
from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Killed, Steadfast
from .test_killed import assert_reload_is, ended, responses_settings

# In the middle of the arguments of the call, and of the answer.
IN_THE_CALL, IN_THE_ANSWER = 6, 12

# What differs from one run of a script to the next.
_NAMES = {
    "call_id", "created_at", "id", "response_id", "run_id", "thread_id", "tool_call_id",
    "upstream_ids",
}  # fmt: skip


def unnamed(value: Any) -> Any:
    """What somebody reads: without ids and times."""
    if isinstance(value, Mapping):
        return {key: unnamed(entry) for key, entry in value.items() if key not in _NAMES}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [unnamed(entry) for entry in value]
    return value


async def undisturbed(relay: Killed) -> tuple[str, list[Sent]]:
    """A thread, and all that was watched of its run."""
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "function-call")
    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        frames = await feed.until_said("requires_action", run_id)
        await relay.answer_calls(frames[-1].data)
        return thread_id, [*frames, *await feed.until_ended(run_id)]


async def disturbed(relay: Killed, server: ScriptedResponses) -> tuple[str, list[Sent]]:
    """Killed in the call, while it waits for the output, and in the answer."""
    thread_id = await relay.new_thread()
    hold = server.hold(IN_THE_CALL, thread_id)
    run_id = await relay.start(thread_id, "function-call")
    follower = Steadfast(relay, thread_id=thread_id)
    await follower.follow(lambda _: len(follower.frames) == IN_THE_CALL)
    await relay.again()
    hold.release()
    [*_, waiting] = await follower.follow(lambda frame: frame.says("requires_action", run_id))
    await relay.again()
    hold = server.hold(IN_THE_ANSWER, thread_id)
    answer = await relay.answer_calls(waiting.data)
    assert answer.status == 200, answer.body
    seen = len(follower.frames)
    await follower.follow(lambda _: len(follower.frames) == seen + IN_THE_ANSWER)
    await relay.again()
    hold.release()
    return thread_id, await follower.follow(ended(run_id))


async def test_a_run_with_a_call_ends_as_if_nothing_had_happened(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, assistants: Path
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses, assistants))
    thread_id, expected = await undisturbed(relay)

    killed_in, frames = await disturbed(relay, scripted_responses)

    assert statuses(frames) == ["in_progress", "requires_action", "in_progress", "completed"]
    assert unnamed(folded(frames)) == unnamed(folded(expected))
    assert unnamed(folded_runs(frames)) == unnamed(folded_runs(expected))
    listed = [(await relay.messages(thread))["data"] for thread in (thread_id, killed_in)]
    assert unnamed(listed[1]) == unnamed(listed[0])
    assert len(listed[0]) == 2
    await assert_reload_is(relay, killed_in, frames)
    assert len(scripted_responses.received("responses.create")) == 2 * 2
