"""Servers that keep no conversations: the relay does."""

from typing import Any

import pytest

from tests.relay.conftest import StartRelay
from tests.relay.event_streams import folded, statuses
from tests.relay.relays import Relay
from tests.scripted.faults import Cut
from tests.scripted.responses import ScriptedResponses

from .watching import assert_reload_is, text_of, watched


@pytest.fixture
async def relay(scripted_responses: ScriptedResponses, start_relay: StartRelay) -> Relay:
    """In front of a server as it runs on one's own machine."""
    scripted_responses.manners.has_conversations = False
    scripted_responses.manners.has_background = False
    return await start_relay(conversations="local")


def said_to(server: ScriptedResponses) -> Any:
    """The history that the newest response was asked with."""
    body = server.received("responses.create")[-1].body
    assert "conversation" not in body
    assert "background" not in body
    return body["input"]


async def test_a_thread_is_told_whole_to_each_run(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread({"role": "user", "content": "How are the bees?"})

    one = await watched(relay, thread_id, "plain-text")
    two = await watched(
        relay, thread_id, "several-messages",
        additional_messages=[{"role": "user", "content": "And the wasps?"}],
    )  # fmt: skip

    told = said_to(scripted_responses)
    assert [entry["role"] for entry in told] == ["user", "assistant", "user"]
    assert told[0]["content"] == "How are the bees?"
    assert told[1]["content"] == text_of(folded(one)[0])
    await assert_reload_is(relay, thread_id, [*one, *two])


async def test_calls_and_their_outputs_are_told_together(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "parallel-calls")
        first = await feed.until_said("requires_action", run_id)
        await relay.answer_calls(first[-1].data)
        rest = await feed.until_ended(run_id)

    kinds = [entry["type"] for entry in said_to(scripted_responses)]
    assert kinds.count("function_call") == kinds.count("function_call_output") == 2
    assert statuses(rest) == ["in_progress", "completed"]
    await assert_reload_is(relay, thread_id, [*first, *rest])


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "cut"])
async def test_what_was_said_until_it_broke_off_stays_said(
    scripted_responses: ScriptedResponses,
    relay: Relay,
    is_cancelled: bool,  # noqa: FBT001  (pytest gives it by name)
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted_responses.hold(after_event=8)
    if not is_cancelled:
        scripted_responses.fail_next("responses.create", Cut(8))

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        if is_cancelled:
            await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.until_ended(run_id)
        hold.release()
    again = await watched(relay, thread_id, "plain-text")

    [message] = folded(frames)
    assert frames[-1].data["status"] == ("cancelled" if is_cancelled else "failed")
    assert message["status"] == "incomplete"
    assert said_to(scripted_responses)[1]["content"] == text_of(message)
    await assert_reload_is(relay, thread_id, [*frames, *again])


async def test_only_the_newest_items_are_told(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(conversations="local", history_max=3)
    thread_id = await relay.new_thread()

    for number in range(3):
        question = {"role": "user", "content": f"Question {number}"}
        await watched(relay, thread_id, "plain-text", additional_messages=[question])

    told = said_to(scripted_responses)
    assert [entry["role"] for entry in told] == ["user", "assistant", "user"]
    assert [told[0]["content"], told[2]["content"]] == ["Question 1", "Question 2"]


async def test_a_thread_of_another_relay_is_unknown(relay: Relay) -> None:
    answers = [
        await relay.get("/threads/conv_unknown"),
        await relay.get("/threads/conv_unknown/messages"),
        await relay.post("/threads/conv_unknown/runs", {"assistant_id": "plain-text"}),
        await relay.post(
            "/threads/conv_unknown/messages", {"role": "user", "content": "Anybody there?"}
        ),
    ]

    assert [answer.status for answer in answers] == [404] * 4


async def test_what_was_broken_off_stands_where_it_began(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    """The second of two messages is done before the first, which is then cut short."""
    hold = scripted_responses.hold(after_event="response.output_item.done")
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "interleaved")
        await hold.reached()
        await feed.until(lambda frame: frame.event == "response.output_item.done")
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        await feed.until_ended(run_id)
    hold.release()
    async with relay.follow(thread_id, run_id, Last_Event_ID="earliest") as feed:
        frames = await feed.rest()

    assert [message["status"] for message in folded(frames)] == ["completed", "incomplete"]
    await assert_reload_is(relay, thread_id, frames)


async def test_calls_that_no_stream_told_of_are_told_with_their_outputs(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    """A response in the background, whose stream broke and is not to be had again."""
    scripted_responses.manners.has_conversations = False
    scripted_responses.manners.streamable_seconds = 0
    scripted_responses.fail_next("responses.create", Cut(3))
    relay = await start_relay(conversations="local", background=True)
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "function-call")
        run = (await feed.until_said("requires_action", run_id))[-1].data
        await relay.answer_calls(run)
        frames = await feed.until(lambda frame: frame.says(("completed", "requires_action")))

    told = scripted_responses.received("responses.create")[-1].body["input"]
    assert [entry["type"] for entry in told] == ["message", "function_call", "function_call_output"]
    assert frames[-1].data["status"] == "completed"
