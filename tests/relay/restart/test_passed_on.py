"""`"stream": true` at any relay: the stream that another one copies is passed on as its own."""

from typing import Any

import aiohttp
import pytest

from tests.relay.test_stream import sent_by, streamed
from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartKilled
from .killing import Killed

RUN = {"assistant_id": "function-call", "stream": True}


async def two(start_killed: StartKilled, scripted: ScriptedAssistants) -> tuple[Killed, Killed]:
    settings = {
        "RELAY_UPSTREAM": "assistants",
        "OPENAI_BASE_URL": scripted.url,
        "OPENAI_API_KEY": scripted.key,
    }
    return await start_killed(**settings), await start_killed(**settings)


async def read(relay: Killed, path: str, body: Any, **headers: str) -> bytes:
    async with streamed(relay, path, body, **headers) as response:
        assert response.status == 200, await response.read()
        return await response.read()


def outputs_of(run: Any) -> list[dict[str, str]]:
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    return [{"tool_call_id": call["id"], "output": "late"} for call in calls]


async def test_each_stream_of_a_run_is_to_be_had_where_it_is_asked_for(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted)
    thread_id = await one.new_thread()
    path = f"/threads/{thread_id}/runs"

    first = await read(one, path, RUN)
    count = len(scripted.thread(thread_id).runs[0].events)
    [run] = (await other.get(path)).json["data"]
    body = {"tool_outputs": outputs_of(run), "stream": True}
    second = await read(other, f"{path}/{run['id']}/submit_tool_outputs", body)
    again = await read(other, f"{path}/{run['id']}/submit_tool_outputs", body)

    assert first + second == sent_by(scripted, thread_id)
    assert second == again == sent_by(scripted, thread_id, count)


async def test_the_stream_of_a_run_that_another_relay_starts_is_passed_on_as_it_comes(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted)
    thread_id = await one.new_thread()
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": "one-word", "stream": True}
    hold = scripted.hold("thread.message.delta", thread_id)
    await one.start(thread_id)
    await hold.reached()
    hold.release()
    hold = scripted.hold("thread.message.delta", thread_id)

    async with streamed(other, path, {**body, "if_busy": "interrupt"}) as response:
        received = await response.content.readuntil(b"\n\n")
        hold.release()
        received += await response.read()

    assert received == sent_by(scripted, thread_id, run=1)


async def test_a_key_gives_its_stream_again_after_the_relay_was_killed(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted)
    thread_id = await one.new_thread()
    path, key = f"/threads/{thread_id}/runs", {"Idempotency-Key": "key"}

    first = await read(one, path, RUN, **key)
    await one.again()
    bodies = [await read(relay, path, RUN, **key) for relay in (one, other)]

    assert bodies == [first, first]
    assert len(scripted.received("runs.create")) == 1


async def test_a_stream_whose_relay_is_killed_is_broken_off(
    scripted: ScriptedAssistants, start_killed: StartKilled
) -> None:
    one, other = await two(start_killed, scripted)
    thread_id = await one.new_thread()
    path, key = f"/threads/{thread_id}/runs", {"Idempotency-Key": "key"}
    body = {"assistant_id": "plain-text", "stream": True}
    hold = scripted.hold("thread.message.delta", thread_id)

    async with streamed(one, path, body, **key), streamed(other, path, body, **key) as response:
        await hold.reached()
        await response.content.readuntil(b"\n\n")
        await one.kill()
        hold.release()
        with pytest.raises(aiohttp.ClientError):
            await response.read()

    assert response.status == 200
    assert len(scripted.received("runs.create")) == 1
