"""Threads of conversations, as the routes show them."""

import pytest

from tests.relay.conftest import StartRelay
from tests.relay.relays import QUESTION, Relay
from tests.scripted.faults import Refuse
from tests.scripted.responses import ScriptedResponses

from .watching import watched

LOCKED = Refuse(
    400,
    message="Another process is currently operating on this conversation. "
    "Please retry in a few seconds.",
    code="conversation_locked",
)


async def test_a_lock_that_passes_is_waited_for(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    scripted_responses.fail_next("responses.create", LOCKED)

    frames = await watched(relay, thread_id)

    assert frames[-1].data["status"] == "completed"
    assert len(scripted_responses.received("responses.create")) == 2


async def test_a_lock_that_stays_is_a_busy_thread(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(lock_seconds=0.1)
    thread_id = await relay.new_thread()
    for _ in range(9):
        scripted_responses.fail_next("responses.create", LOCKED)

    answer = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "plain-text"})

    assert (answer.status, answer.error["code"]) == (409, "thread_busy")
    assert not scripted_responses.responses


@pytest.mark.parametrize("field", ["model", "tools", "instructions"])
async def test_a_page_chooses_the_assistant_but_not_what_it_is(
    scripted_responses: ScriptedResponses, relay: Relay, field: str
) -> None:
    thread_id = await relay.new_thread()
    body = {"assistant_id": "plain-text", field: "gpt-6"}

    answer = await relay.post(f"/threads/{thread_id}/runs", body)

    assert (answer.status, answer.error["param"]) == (400, field)
    assert not scripted_responses.received("responses.create")


async def test_an_unknown_assistant_leaves_no_run(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()

    answer = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "nobody"})

    assert (answer.status, answer.error["param"]) == (404, "assistant_id")
    assert (await relay.get(f"/threads/{thread_id}/runs")).json["data"] == []
    assert not scripted_responses.received("responses.create")


async def test_there_is_no_thread_stream_to_pass_on(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    body = {"assistant_id": "plain-text", "stream": True}

    answer = await relay.post(f"/threads/{thread_id}/runs", body)

    assert (answer.status, answer.error["param"]) == (400, "stream")


async def test_pages_run_forwards_only(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    answer = await relay.get(f"/threads/{thread_id}/messages?before=msg_1")

    assert (answer.status, answer.error["param"]) == (400, "before")


async def test_a_file_that_code_has_made_is_read_from_its_container(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    await watched(relay, thread_id, "code-interpreter")
    asked, *_ = [
        note
        for message in (await relay.messages(thread_id))["data"]
        for part in message["content"]
        for note in part.get("text", {}).get("annotations", ())
        if note["type"] == "container_file_citation"
    ]

    answer = await relay.get(f"/threads/{thread_id}/files/{asked['file_id']}/content")
    other = await relay.get(f"/threads/{thread_id}/files/cfile_of_nobody/content")

    assert answer.status == 200
    assert answer.body
    assert scripted_responses.received("containers.files.content")
    assert other.status == 404


async def test_a_message_while_a_run_is_active_is_refused(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    hold = scripted_responses.hold(after_event=5)
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()

        answer = await relay.post(f"/threads/{thread_id}/messages", QUESTION)
        hold.release()
        await feed.until_ended(run_id)

    assert (answer.status, answer.error["code"]) == (409, "thread_busy")
