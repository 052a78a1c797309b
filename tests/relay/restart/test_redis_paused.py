"""A Redis that stands still for five seconds, in the middle of runs at two relays."""

import asyncio

import pytest

from tests.relay.event_streams import is_terminal, statuses
from tests.relay.stores.redis_server import RedisServer
from tests.scripted.responses import ScriptedResponses

from .conftest import StartKilled
from .killing import Steadfast
from .test_killed import assert_reload_is, numbers, responses_settings

PAUSE_MS = 5000
RUNS = 6


# A lease that is longer than the pause, and one that ends meanwhile.
@pytest.mark.parametrize("claim_seconds", ["10", "1"])
@pytest.mark.parametrize("store", ["redis"], indirect=True)
async def test_runs_go_on_after_a_redis_was_paused(
    scripted_responses: ScriptedResponses,
    start_killed: StartKilled,
    redis_server: RedisServer,
    claim_seconds: str,
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_CLAIM_SECONDS": claim_seconds}
    relays = [await start_killed(**settings) for _ in range(2)]
    hold = scripted_responses.hold(after_event=20)
    threads = [await relays[0].new_thread() for _ in range(RUNS)]
    runs = [await relays[n % 2].start(threads[n], "default") for n in range(RUNS - 1)]
    followers = [Steadfast(relay, thread_id=thread) for thread in threads for relay in relays]
    following = [asyncio.create_task(follower.follow(is_terminal)) for follower in followers]
    for follower in followers[:-2]:
        await follower.until(15)

    redis_server.do("CLIENT", "PAUSE", PAUSE_MS, "ALL")
    hold.release()
    runs.append(await relays[0].start(threads[-1], "default"))
    seen = await asyncio.gather(*following)

    for thread_id, at_one, at_other in zip(threads, seen[::2], seen[1::2], strict=True):
        assert [frame.raw for frame in at_one] == [frame.raw for frame in at_other]
        assert statuses(at_one) == ["in_progress", "completed"]
        [response] = (r for r in scripted_responses.responses if r.place == thread_id)
        assert numbers(at_one) == list(range(len(response.events)))
        await assert_reload_is(relays[0], thread_id, at_one)
    assert len(scripted_responses.received("responses.create")) == len({*runs}) == RUNS
