"""A hundred kills on each store, each in the middle of a run, at a moment drawn from a seed."""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from tests.relay.event_streams import Sent, statuses
from tests.relay.relays import Answer
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.response import Response

from .conftest import StartKilled
from .killing import Killed, Steadfast
from .test_killed import assert_reload_is, ended, responses_settings

SEEDS, RELAYS, KILLS = 2, 10, 5
# Of the script; a run has a frame more before them, and one after them.
EVENTS = 89


@dataclass
class Moments:
    """When a run's relay is killed, in frames that its followers have seen, and where the upstream
    waits meanwhile: there or further, so that anything may be under way.
    """

    chance: random.Random
    seen: list[int] = field(init=False)
    told: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = sorted(self.chance.sample(range(2, EVENTS), KILLS))
        following = [*self.seen[1:], EVENTS + 1]
        self.told = list(map(self.chance.randrange, self.seen, following))


class Watched:
    """A run upstream, and everybody who follows it."""

    def __init__(self, server: ScriptedResponses, relay: Killed, thread_id: str) -> None:
        self._server = server
        self._relay = relay
        self.thread_id = thread_id
        self.followers: list[Steadfast] = []
        self._following: list[asyncio.Task[list[Sent]]] = []

    def follow(self, run_id: str) -> None:
        """One more."""
        self.followers.append(Steadfast(self._relay, thread_id=self.thread_id))
        following = self.followers[-1].follow(ended(run_id))
        self._following.append(asyncio.create_task(following))

    async def assert_whole(self, run_id: str) -> None:
        """What is in the log is what each follower has seen, and what the upstream has said."""
        await asyncio.gather(*self._following)
        async with self._relay.follow(self.thread_id, Last_Event_ID="earliest") as feed:
            log = await feed.until(ended(run_id))
        for follower in self.followers:
            assert [frame.raw for frame in follower.frames] == [frame.raw for frame in log]
        assert statuses(log) == ["in_progress", "completed"]
        [response] = asked_for(self._server, self.thread_id)
        heard = [frame.data for frame in log[1:-1]]
        assert len(heard) == len(response.events) == EVENTS
        for event, data in zip(response.events, heard, strict=True):
            assert event.data.items() <= data.items()
        await assert_reload_is(self._relay, self.thread_id, log)


def asked_for(server: ScriptedResponses, thread_id: str) -> list[Response]:
    """The responses that were started in a thread; each was asked for once."""
    asked = [request.body["conversation"] for request in server.received("responses.create")]
    found = [response for response in server.responses if response.place == thread_id]
    assert asked.count(thread_id) == len(found)
    return found


async def start(relay: Killed, thread_id: str) -> Answer:
    """However often it is called, one run."""
    return await relay.post(
        f"/threads/{thread_id}/runs", {"assistant_id": "default"}, key=thread_id
    )


async def assert_started_once_at_most(
    server: ScriptedResponses, relay: Killed, thread_id: str
) -> None:
    """A run whose start was cut off, at whatever moment."""
    answer = await start(relay, thread_id)
    assert answer.status == 201, answer.body
    run_id = answer.json["id"]
    frames = await Steadfast(relay, thread_id=thread_id).follow(ended(run_id))

    end = frames[-1].data
    outcome = (end["status"], (end["last_error"] or {}).get("code"))
    assert outcome in {("completed", None), ("failed", "start_unknown")}
    responses = asked_for(server, thread_id)
    assert len(responses) <= 1
    assert responses or end["status"] == "failed"


async def kill_in_mid_run(server: ScriptedResponses, relay: Killed, moments: Moments) -> None:
    """Again and again in the same run; each time somebody comes to follow, and a run begins."""
    watched = Watched(server, relay, await relay.new_thread())
    hold = server.hold(moments.told[0], watched.thread_id)
    run_id = (await start(relay, watched.thread_id)).json["id"]
    late: dict[str, asyncio.Task[Answer]] = {}

    for number, moment in enumerate(moments.seen):
        hold.advance(moments.told[number] - moments.told[max(0, number - 1)])
        watched.follow(run_id)
        thread_id = await relay.new_thread()
        # Every second one has been asked for upstream when the relay is killed, and not answered.
        unanswered = server.hold(0 if number % 2 else -1, thread_id)
        late[thread_id] = asyncio.create_task(start(relay, thread_id))
        await watched.followers[0].until(moment)
        if number % 2:
            await unanswered.reached()
        await relay.again()
        unanswered.release()
    hold.release()

    await asyncio.gather(*late.values(), return_exceptions=True)
    await watched.assert_whole(run_id)
    for thread_id in late:
        await assert_started_once_at_most(server, relay, thread_id)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_killed_at_any_moment_every_follower_has_the_exact_sequence(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, store: str, seed: int
) -> None:
    """Each relay has a store of its own: whoever is killed drives the run."""
    settings = responses_settings(scripted_responses)
    async with asyncio.TaskGroup() as group:
        for number in range(RELAYS):
            moments = Moments(random.Random(seed * RELAYS + number))  # noqa: S311  (to be repeated)
            apart = f"{store.removesuffix('0')}{number}"
            relay = await start_killed(**settings, RELAY_STORE=apart)
            group.create_task(kill_in_mid_run(scripted_responses, relay, moments))
