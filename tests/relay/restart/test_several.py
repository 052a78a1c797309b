"""Several relays on one store: whatever is asked of any of them is done."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tests.relay.event_streams import Sent, statuses
from tests.scripted.responses import ScriptedResponses
from tests.scripted.stage import Hold

from .conftest import StartKilled
from .killing import Killed, Steadfast
from .test_killed import assert_reload_is, ended, numbers, responses_settings


async def two(
    start_killed: StartKilled, server: ScriptedResponses, assistants: Path | None = None
) -> tuple[Killed, Killed]:
    settings = responses_settings(server, assistants)
    return await start_killed(**settings), await start_killed(**settings)


@dataclass(frozen=True)
class Answering:
    """A run in the middle of its answer, which stands still there, and one who follows it."""

    thread_id: str
    run_id: str
    hold: Hold
    follower: Steadfast
    # Up to the last frame of the run.
    following: asyncio.Task[list[Sent]]

    @classmethod
    async def at(cls, relay: Killed, server: ScriptedResponses, *followed: Killed) -> "Answering":
        hold = server.hold(after_event=9)
        thread_id = await relay.new_thread()
        run_id = await relay.start(thread_id, "default")
        follower = Steadfast(*followed, thread_id=thread_id)
        following = asyncio.create_task(follower.follow(ended(run_id)))
        await hold.reached()
        # All that was sent, and the frame that tells of the run.
        await follower.until(10)
        return cls(thread_id, run_id, hold, follower, following)


async def test_a_run_is_followed_and_cancelled_at_another_relay(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted_responses)
    run = await Answering.at(one, scripted_responses, other)

    answer = await other.post(f"/threads/{run.thread_id}/runs/{run.run_id}/cancel")
    frames = await run.following

    assert answer.status == 200, answer.body
    assert numbers(frames) == list(range(9))
    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert scripted_responses.responses[0].status == "cancelled"
    for relay in (one, other):
        await assert_reload_is(relay, run.thread_id, frames)


async def test_tool_outputs_are_taken_at_any_relay(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, assistants: Path
) -> None:
    one, other = await two(start_killed, scripted_responses, assistants)
    thread_id = await one.new_thread()
    run_id = await one.start(thread_id, "parallel-calls")
    follower = Steadfast(other, thread_id=thread_id)
    await follower.follow(lambda frame: frame.says("requires_action", run_id))

    [run] = (await other.messages(thread_id))["runs"]
    answer = await other.answer_calls(run)
    frames = await follower.follow(ended(run_id))
    again = await other.answer_calls(run)

    assert answer.status == again.status == 200, answer.body
    assert statuses(frames)[-1] == "completed"
    assert len(scripted_responses.received("responses.create")) == 2


async def test_what_a_relay_refuses_is_refused_in_its_words_by_the_other(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted_responses)
    hold = scripted_responses.hold(after_event=5)
    thread_id = await one.new_thread()
    run_id = await one.start(thread_id, "default")
    await hold.reached()
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": "default"}

    refused = [await relay.post(path, body) for relay in (one, other)]
    queued = await other.post(path, {**body, "if_busy": "enqueue"})
    hold.release()
    frames = await Steadfast(one, thread_id=thread_id).follow(ended(queued.json["id"]))

    assert [answer.status for answer in refused] == [409, 409]
    assert refused[0].error == refused[1].error
    assert queued.status == 202
    assert statuses(frames, run_id)[-1] == statuses(frames, queued.json["id"])[-1] == "completed"


async def test_one_key_at_two_relays_is_one_run(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relays = await two(start_killed, scripted_responses)
    thread_id = await relays[0].new_thread()
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": "default"}

    answers = await asyncio.gather(*(relays[n % 2].post(path, body, key="once") for n in range(20)))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(scripted_responses.received("responses.create")) == 1


async def test_another_relay_takes_over_when_one_dies(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted_responses)
    run = await Answering.at(one, scripted_responses, one, other)

    await one.kill()
    run.hold.release()
    frames = await run.following

    assert numbers(frames) == list(range(len(scripted_responses.responses[0].events)))
    assert statuses(frames) == ["in_progress", "completed"]
    assert len(scripted_responses.received("responses.create")) == 1
    await assert_reload_is(other, run.thread_id, frames)


async def test_a_follower_that_hops_at_every_event_misses_none(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    relays = await two(start_killed, scripted_responses)
    hold = scripted_responses.hold(after_event=1)
    thread_id = await relays[0].new_thread()
    run_id = await relays[0].start(thread_id, "default")
    whole = asyncio.create_task(
        Steadfast(relays[0], thread_id=thread_id).follow(lambda frame: frame.says("completed"))
    )

    cursor = "earliest"
    hopped: list[Sent] = []
    while not (hopped and hopped[-1].says("completed", run_id)):
        async with relays[len(hopped) % 2].follow(thread_id, Last_Event_ID=cursor) as feed:
            # The next event is sent only now: sometimes it is there already, and mostly not.
            hold.advance()
            hopped.append(await feed.next())
            cursor = feed.cursor

    assert numbers(hopped) == list(range(len(scripted_responses.responses[0].events)))
    assert [frame.raw for frame in hopped] == [frame.raw for frame in await whole]


async def test_a_rolling_restart_is_nothing_but_reconnects(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    settings = responses_settings(scripted_responses) | {"RELAY_DRAIN_SECONDS": "0"}
    relays = [await start_killed(**settings) for _ in range(3)]
    run = await Answering.at(relays[0], scripted_responses, *relays)

    for relay in relays:
        await relay.stop()
        await relay.up()
    run.hold.release()
    frames = await run.following

    assert numbers(frames) == list(range(len(scripted_responses.responses[0].events)))
    assert statuses(frames) == ["in_progress", "completed"]
    assert len(scripted_responses.received("responses.create")) == 1


async def test_a_relay_that_stood_still_starts_nothing_on_a_thread_that_it_lost(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted_responses)
    run = await Answering.at(one, scripted_responses, other)

    one.freeze()
    while (await other.post(f"/threads/{run.thread_id}/runs/{run.run_id}/cancel")).status != 200:
        await run.follower.until(8)
    frames = await run.following
    one.thaw()
    run.hold.release()
    answer = await one.post(f"/threads/{run.thread_id}/runs", {"assistant_id": "default"})

    assert statuses(frames)[-1] == "cancelled"
    assert len([frame for frame in frames if frame.says("cancelled", run.run_id)]) == 1
    assert answer.status in {201, 409, 503}
    assert len(scripted_responses.received("responses.create")) == 1 + (answer.status == 201)


async def test_a_relay_that_stood_still_asks_who_has_a_thread_before_it_starts_anything(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    """Nothing was going on there, so it has not heard that the thread is another's."""
    one, other = await two(start_killed, scripted_responses)
    thread_id = await one.new_thread()
    first = await one.start(thread_id, "default")
    follower = Steadfast(one, thread_id=thread_id)
    await follower.follow(ended(first))

    one.freeze()
    hold = scripted_responses.hold(after_event=9)
    second = await other.start(thread_id, "default")
    await hold.reached()
    path = f"/threads/{thread_id}/runs"
    asking = asyncio.create_task(one.post(path, {"assistant_id": "default"}))
    one.thaw()
    answer = await asking
    hold.release()
    frames = await follower.follow(ended(second))

    assert answer.status in {409, 503}, answer.body
    assert statuses(frames, second) == ["in_progress", "completed"]
    assert len(scripted_responses.received("responses.create")) == 2


async def test_a_cancel_is_what_makes_another_relay_take_over(
    scripted_responses: ScriptedResponses, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted_responses)
    run = await Answering.at(one, scripted_responses, other)

    await one.kill()
    answer = await other.post(f"/threads/{run.thread_id}/runs/{run.run_id}/cancel")
    frames = await run.following

    assert answer.status == 200, answer.body
    assert statuses(frames) == ["in_progress", "cancelling", "cancelled"]
    assert len(scripted_responses.received("responses.cancel")) == 1
    assert scripted_responses.responses[0].status == "cancelled"
