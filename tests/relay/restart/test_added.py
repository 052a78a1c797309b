"""Messages that are added while relays are killed: none is lost, none is there twice."""

import asyncio
from collections.abc import Sequence

from tests.relay.conftest import gate
from tests.relay.event_streams import Sent
from tests.relay.gates import Gate
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Drop

from .conftest import StartKilled
from .killing import Killed, Steadfast

# A fixture of theirs that is needed here too.
__all__ = ["gate"]

MESSAGE = {"role": "user", "content": "What now?"}
OTHER = {"role": "user", "content": "And what else?"}


async def two(
    start_killed: StartKilled, scripted: ScriptedAssistants, url: str
) -> tuple[Killed, Killed]:
    settings = {
        "RELAY_UPSTREAM": "assistants",
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": scripted.key,
    }
    return await start_killed(**settings), await start_killed(**settings)


def is_message(frame: Sent) -> bool:
    return frame.event == "relay.message"


def told(frames: Sequence[Sent]) -> list[str]:
    return [frame.data["id"] for frame in frames if is_message(frame)]


def added(scripted: ScriptedAssistants, thread_id: str) -> list[str]:
    """All but the message that the thread began with."""
    return [message.id for message in scripted.thread(thread_id).messages[1:]]


async def test_a_message_whose_relay_was_killed_is_told_by_another_one(
    scripted: ScriptedAssistants, start_killed: StartKilled, gate: Gate
) -> None:
    one, other = await two(start_killed, scripted, gate.url)
    thread_id = await one.new_thread()
    path = f"/threads/{thread_id}/messages"
    follower = Steadfast(other, thread_id=thread_id)
    following = asyncio.create_task(follower.follow(is_message))
    held = gate.hold_answer("POST", "/messages")
    posting = asyncio.create_task(one.post(path, MESSAGE, key="key"))
    await held.reached()

    await one.kill()
    frames = await following
    again = await other.post(path, MESSAGE, key="key")
    last = (await other.post(path, OTHER)).json["id"]
    frames = await follower.follow(lambda frame: bool(frame.data["id"] == last))

    await asyncio.gather(posting, return_exceptions=True)
    assert (again.status, again.error["code"]) == (502, "start_unknown")
    assert told(frames) == added(scripted, thread_id)
    assert len(told(frames)) == 2


async def test_a_message_that_nobody_knows_to_be_added_is_looked_for(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted, scripted.url)
    thread_id = await one.new_thread()
    scripted.fail_next("messages.create", Drop(when_done=True))
    follower = Steadfast(other, thread_id=thread_id)
    following = asyncio.create_task(follower.follow(is_message))

    answer = await one.post(f"/threads/{thread_id}/messages", MESSAGE)
    frames = await following

    assert answer.status == 502
    assert told(frames) == added(scripted, thread_id)


async def test_a_message_that_was_not_added_is_not_told(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted, scripted.url)
    thread_id = await one.new_thread()
    scripted.fail_next("messages.create", Drop())

    lost = await one.post(f"/threads/{thread_id}/messages", MESSAGE)
    posted = await other.post(f"/threads/{thread_id}/messages", OTHER)
    frames = await Steadfast(one, thread_id=thread_id).follow(is_message)

    assert (lost.status, posted.status) == (502, 200)
    assert told(frames) == [posted.json["id"]] == added(scripted, thread_id)


async def test_what_another_relay_was_to_add_when_it_was_killed_is_not_added_twice(
    scripted: ScriptedAssistants, start_killed: StartKilled, gate: Gate
) -> None:
    one, other = await two(start_killed, scripted, gate.url)
    thread_id = await one.new_thread()
    path = f"/threads/{thread_id}/messages"
    held = gate.hold_answer("POST", "/messages")
    posting = asyncio.create_task(one.post(path, MESSAGE))
    await held.reached()
    asking = asyncio.create_task(other.post(path, OTHER))
    held.release()
    held = gate.hold_answer("POST", "/messages")
    await held.reached()

    await one.kill()
    answer = await asking
    follower = Steadfast(other, thread_id=thread_id)
    frames = await follower.follow(lambda _: len(told(follower.frames)) == 2)

    await posting
    assert answer.status == 502
    assert "died" in answer.error["message"]
    assert told(frames) == added(scripted, thread_id)


async def test_what_is_refused_with_a_time_to_wait_is_refused_so_by_the_other(
    scripted: ScriptedAssistants, start_killed: StartKilled, gate: Gate
) -> None:
    one, other = await two(start_killed, scripted, gate.url)
    thread_id = await one.new_thread()
    held = gate.hold_answer("POST", "/messages")
    adding = asyncio.create_task(one.post(f"/threads/{thread_id}/messages", MESSAGE))
    await held.reached()
    scripted.fail_next("runs.create", status=429, headers={"Retry-After": "7"})

    starting = asyncio.create_task(
        other.post(f"/threads/{thread_id}/runs", {"assistant_id": "plain-text"})
    )
    held.release()
    answers = await asyncio.gather(adding, starting)

    assert [answer.status for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "7"
