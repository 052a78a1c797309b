"""The key reaches nobody, though the upstream writes it into what it sends."""

from pathlib import Path

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Insert

from .conftest import StartRelay

_ERROR = b'event: error\ndata: {"error":{"message":"Incorrect API key: %b","code":"bad"}}\n\n'


@pytest.mark.parametrize("write_bytes", [None, 7], ids=["whole", "in pieces"])
async def test_the_key_is_in_no_frame_no_run_and_no_recording(
    scripted: ScriptedAssistants, start_relay: StartRelay, tmp_path: Path, write_bytes: int | None
) -> None:
    relay = await start_relay(record=tmp_path)
    scripted.manners.framing = scripted.manners.framing.__class__(write_bytes=write_bytes)
    key = scripted.key.encode()
    scripted.fail_next("runs.create", Insert(12, _ERROR % key))
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        frames = await feed.until_ended(run_id)
    shown = (await relay.get(f"/threads/{thread_id}/runs/{run_id}")).body
    while not (recorded := list(tmp_path.glob("*.sse"))):  # noqa: ASYNC240
        await relay.get("/healthz")

    told = b"".join(frame.raw for frame in frames)
    assert b"Incorrect API key: ***" in told
    assert b"Incorrect API key: ***" in recorded[0].read_bytes()
    assert key not in told + shown + recorded[0].read_bytes()


async def test_the_key_is_in_no_message_of_the_list(
    scripted: ScriptedAssistants, start_relay: StartRelay
) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread({"role": "user", "content": f"Mine is {scripted.key}."})

    answer = await relay.get(f"/threads/{thread_id}/messages")

    assert b"Mine is ***" in answer.body
    assert scripted.key.encode() not in answer.body
