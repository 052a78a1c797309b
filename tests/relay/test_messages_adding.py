"""Messages that are added at the same time: each is told once, in the thread's order."""

import asyncio

from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .gates import Gate

MESSAGE = {"role": "user", "content": "What now?"}
OTHER = {"role": "user", "content": "And what else?"}


async def test_a_message_beside_one_that_a_run_adds_finds_the_thread_busy_and_doubles_nothing(
    start_relay: StartRelay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id = await relay.new_thread()
    body = {"assistant_id": "one-word", "additional_messages": [MESSAGE]}
    held = gate.hold_answer("POST", "/messages")

    async with relay.follow(thread_id) as feed:
        starting = asyncio.create_task(relay.post(f"/threads/{thread_id}/runs", body))
        await held.reached()
        posting = asyncio.create_task(relay.post(f"/threads/{thread_id}/messages", OTHER))
        # By then the other request is there, and waits for its turn.
        for _ in range(10):
            await relay.messages(thread_id)
        held.release()
        frames = await feed.until_ended()

    answers = await asyncio.gather(starting, posting)
    assert [answer.status for answer in answers] == [201, 409]
    assert [frame.data["id"] for frame in frames if frame.event == "relay.message"] == [
        scripted.thread(thread_id).messages[1].id
    ]
