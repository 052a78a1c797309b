"""Many at once: queued runs over a restart, and followers who all come back together."""

import asyncio
import hashlib

from tests.relay.event_streams import statuses
from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Killed, Steadfast
from .test_killed import ended, responses_settings

FOLLOWERS = 1000


async def test_two_hundred_queued_runs_start_after_a_restart(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_MODEL": "one-word"}
    relay = await start_killed(**settings)
    threads = [await relay.new_thread() for _ in range(2)]
    holds = [scripted_responses.hold(2, thread_id) for thread_id in threads]
    first = [await relay.start(thread_id, "default") for thread_id in threads]
    for hold in holds:
        await hold.reached()
    queued = [
        [await relay.start(thread_id, "default", if_busy="enqueue") for _ in range(100)]
        for thread_id in threads
    ]

    await relay.again()
    for hold in holds:
        hold.release()

    for thread_id, one, waiting in zip(threads, first, queued, strict=True):
        frames = await Steadfast(relay, thread_id=thread_id).follow(ended(waiting[-1]))
        ends = [statuses(frames, run_id)[-1] for run_id in (one, *waiting)]
        assert ends == ["completed"] * 101
    assert len(scripted_responses.received("responses.create")) == 202


async def test_a_thousand_followers_come_back_at_once(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relay = await start_killed(**responses_settings(scripted_responses))
    hold = scripted_responses.hold(after_event=20)
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "default")
    following = [asyncio.create_task(_followed(relay, thread_id, run_id)) for _ in range(FOLLOWERS)]
    await hold.reached()

    await relay.again()
    hold.release()
    seen = await asyncio.gather(*following)

    assert len(set(seen)) == 1
    assert len(scripted_responses.received("responses.create")) == 1


async def _followed(relay: Killed, thread_id: str, run_id: str) -> bytes:
    """All that a follower was sent, in short."""
    frames = await Steadfast(relay, thread_id=thread_id).follow(ended(run_id))
    return hashlib.sha256(b"".join(frame.raw for frame in frames)).digest()
