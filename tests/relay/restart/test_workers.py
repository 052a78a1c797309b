"""Several processes behind one port: whichever answers, it is one relay."""

import asyncio

from tests.relay.event_streams import statuses
from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Steadfast
from .test_killed import assert_reload_is, ended, numbers, responses_settings


async def test_runs_are_started_followed_and_cancelled_in_any_process(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_WORKERS": "3"}
    relay = await start_killed(**settings)
    threads = [await relay.new_thread() for _ in range(6)]
    hold = scripted_responses.hold(after_event=9, thread_id=threads[0])

    runs = await asyncio.gather(*(relay.start(thread_id, "default") for thread_id in threads))
    followers = [Steadfast(relay, thread_id=thread_id) for thread_id in threads]
    following = [
        asyncio.create_task(follower.follow(ended(run_id)))
        for follower, run_id in zip(followers, runs, strict=True)
    ]
    await hold.reached()
    await followers[0].until(8)
    answer = await relay.post(f"/threads/{threads[0]}/runs/{runs[0]}/cancel")
    cancelled, *completed = await asyncio.gather(*following)

    assert answer.status == 200
    assert statuses(cancelled)[-1] == "cancelled"
    for thread_id, frames in zip(threads[1:], completed, strict=True):
        assert statuses(frames) == ["in_progress", "completed"]
        assert numbers(frames) == list(range(len(numbers(frames))))
        await assert_reload_is(relay, thread_id, frames)


async def test_all_processes_end_together(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_WORKERS": "2"}
    relay = await start_killed(**settings)
    thread_id = await relay.new_thread()
    await relay.start(thread_id, "default")

    await relay.again()
    frames = await Steadfast(relay, thread_id=thread_id).follow(
        lambda frame: frame.says("completed")
    )

    assert numbers(frames) == list(range(len(scripted_responses.responses[0].events)))
