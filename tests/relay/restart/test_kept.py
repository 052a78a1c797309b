"""What is left of a run once its frames are gone."""

from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Steadfast
from .test_killed import ended, responses_settings


async def test_the_last_frame_of_a_run_outlives_its_others_and_its_relay(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_LOG_MAX_EVENTS": "20"}
    relay = await start_killed(**settings)
    thread_id = await relay.new_thread()
    lasts = {}
    for _ in range(4):
        run_id = await relay.start(thread_id, "default")
        lasts[run_id] = (await Steadfast(relay, thread_id=thread_id).follow(ended(run_id)))[-1]

    await relay.again()
    kept = {}
    for run_id in lasts:
        async with relay.follow(thread_id, run_id) as feed:
            kept[run_id] = await feed.rest()

    first, *_ = kept.values()
    assert [frame.event for frame in first] == ["relay.gap", "relay.run"]
    assert {run_id: frames[-1] for run_id, frames in kept.items()} == lasts
