"""A broken connection to the upstream costs nothing: the stream goes on where it broke."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.relay.conftest import StartRelay
from tests.relay.event_streams import Sent, statuses
from tests.relay.relays import Relay
from tests.scripted.faults import COMMENTS, Cut, EndEarly, Insert, Refuse, Stall
from tests.scripted.responses import ScriptedResponses

from .watching import watched

HALF = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","del'

BREAKS = {
    "reset in the middle of a frame": Cut(7, piece=HALF),
    "closed in the middle of a frame": Cut(7, piece=HALF, reset=False),
    "reset after a whole frame": Cut(7, piece=b": \n"),
    "ended in good order": EndEarly(7),
    "cut right after it was named": Cut(1, piece=b""),
    "fallen silent": Stall(7),
}
TOO_OLD = Refuse(
    400,
    message="This response can no longer be streamed because it is more than 5 minutes old.",
)

each_break = pytest.mark.parametrize("fault", BREAKS.values(), ids=BREAKS)


def numbers(frames: Sequence[Sent]) -> list[int]:
    return [frame.data["sequence_number"] for frame in frames if not frame.is_own]


def asked_after(server: ScriptedResponses) -> list[str]:
    return [asked.query["starting_after"] for asked in server.received("responses.retrieve.stream")]


def assert_whole(server: ScriptedResponses, frames: Sequence[Sent]) -> None:
    """Every event of the response once and in order; it was asked to start once."""
    [response] = server.responses
    assert numbers(frames) == list(range(len(response.events)))
    assert statuses(frames) == ["in_progress", "completed"]
    assert len(server.received("responses.create")) == 1


@each_break
async def test_a_broken_stream_goes_on_without_a_lost_or_doubled_event(
    scripted_responses: ScriptedResponses, start_relay: StartRelay, fault: Cut
) -> None:
    relay = await start_relay(stall_timeout=1)
    scripted_responses.fail_next("responses.create", fault)

    frames = await watched(relay, await relay.new_thread())

    assert_whole(scripted_responses, frames)
    assert asked_after(scripted_responses) == [str(fault.after_event - 1)]


async def test_a_stream_goes_on_however_often_it_breaks(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    scripted_responses.fail_next("responses.create", Cut(5, piece=HALF))
    for fault in (Cut(0, piece=b""), Cut(2, piece=HALF), Refuse(500), EndEarly(3)):
        scripted_responses.fail_next("responses.retrieve.stream", fault)

    frames = await watched(relay, await relay.new_thread())

    assert_whole(scripted_responses, frames)
    assert asked_after(scripted_responses) == ["4", "4", "6", "6", "9"]


async def test_frames_that_come_once_more_are_dropped(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    scripted_responses.manners.honours_starting_after = False
    scripted_responses.fail_next("responses.create", Cut(6, piece=HALF))
    scripted_responses.fail_next("responses.retrieve.stream", Insert(3, COMMENTS))

    frames = await watched(relay, await relay.new_thread())

    assert_whole(scripted_responses, frames)


async def test_signs_of_life_take_numbers_too(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    hold = scripted_responses.hold(after_event=6)
    scripted_responses.fail_next("responses.create", Cut(8, piece=HALF))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        scripted_responses.keep_alive(scripted_responses.responses[0].id)
        hold.release()
        frames = await feed.until_ended(run_id)

    assert_whole(scripted_responses, frames)
    assert "keepalive" in [frame.event for frame in frames]


async def test_a_tool_call_is_asked_for_once_although_its_stream_broke(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    scripted_responses.fail_next("responses.create", Cut(6, piece=HALF))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "function-call")
        first = await feed.until_said("requires_action", run_id)
        scripted_responses.fail_next("responses.create", Cut(4, piece=HALF))
        answer = await relay.answer_calls(first[-1].data)
        rest = await feed.until_ended(run_id)

    assert answer.status == 200
    one, two = scripted_responses.responses
    assert numbers(first) == list(range(len(one.events)))
    assert numbers(rest) == list(range(len(two.events)))
    assert statuses(first + rest) == ["in_progress", "requires_action", "in_progress", "completed"]
    assert rest[-1].data["upstream_ids"] == [one.id, two.id]


async def test_past_its_time_the_finished_response_is_fetched(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    hold = scripted_responses.hold(after_event=9)
    scripted_responses.fail_next("responses.create", Cut(8, piece=HALF))
    scripted_responses.fail_next("responses.retrieve.stream", TOO_OLD)
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        while not scripted_responses.received("responses.retrieve"):
            await relay.get("/healthz")
        hold.release()
        frames = await feed.until_ended(run_id)

    [told] = [frame.data for frame in frames if frame.event == "relay.message"]
    [message] = (await relay.messages(thread_id))["data"][:1]
    assert statuses(frames) == ["in_progress", "completed"]
    assert told["status"] == message["status"] == "completed"
    assert told["content"] == message["content"]
    assert told["run_id"] == message["run_id"] == run_id
    assert len(scripted_responses.received("responses.create")) == 1


@pytest.mark.parametrize("fault", [Cut(0, piece=HALF), EndEarly(0)], ids=["cut", "ended"])
async def test_a_cut_before_the_response_is_named_starts_no_second_one(
    scripted_responses: ScriptedResponses, relay: Relay, fault: Cut
) -> None:
    scripted_responses.fail_next("responses.create", fault)

    frames = await watched(relay, await relay.new_thread())

    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "start_unknown"
    assert len(scripted_responses.received("responses.create")) == 1


async def test_in_the_foreground_a_cut_says_what_is_lost(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(background=False)
    scripted_responses.fail_next("responses.create", Cut(8, piece=HALF))
    thread_id = await relay.new_thread()

    frames = await watched(relay, thread_id)
    [message] = (await relay.messages(thread_id))["data"][:1]

    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"] == {
        "code": "upstream_lost",
        "message": "the upstream broke off: what was to follow is lost",
    }
    assert (message["status"], message["incomplete_details"]) == (
        "incomplete", {"reason": "run_failed"},
    )  # fmt: skip
    assert "background" not in scripted_responses.received("responses.create")[0].body


async def test_in_the_foreground_a_run_outlives_who_started_it(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(background=False)
    hold = scripted_responses.hold(after_event=6)
    thread_id = await relay.new_thread()
    starting = asyncio.create_task(relay.start(thread_id))
    await hold.reached()

    starting.cancel()
    await asyncio.wait([starting])
    hold.release()
    async with relay.follow(thread_id, Last_Event_ID="earliest") as feed:
        frames = await feed.until_ended()

    assert_whole(scripted_responses, frames)
