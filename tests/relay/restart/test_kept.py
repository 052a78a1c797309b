"""What is left of a run once its frames are gone."""

import asyncio

from relay.logs.choice import open_store
from relay.settings import Settings
from tests.relay.event_streams import PATIENCE_SECONDS
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


async def test_what_only_the_relay_knew_is_noted_by_another_one_if_it_dies_first(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, store: str
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "default")
    await Steadfast(relay, thread_id=thread_id).follow(ended(run_id))

    await relay.again()
    kept = open_store(Settings.model_validate({"store": store}))
    await kept.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (notes := await kept.notes("messages").read(thread_id)):
            continue
        while await kept.orphans():
            continue
    await kept.close()

    assert "default" in str(notes)
