"""The `replay` upstream: what a run sends."""

import json
import re
from pathlib import Path

from relay.recording import Recorder, Recording
from relay.recording.reading import read_recording
from relay.upstreams import Start
from tests.relay.relays import QUESTION

from .asking import read
from .replaying import (
    ID,
    each_own_recording,
    events_of,
    messages,
    new_thread,
    recordings_of,
    replaying,
    run,
    run_once,
    started,
    watched,
    without_ids,
)


@each_own_recording
async def test_a_recording_of_a_replay_equals_the_original_but_for_the_ids(
    recording: Recording, tmp_path: Path
) -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    recorder = Recorder(tmp_path, {"run_id": "run_1"})

    recorder.add(await run(upstream, started(thread_id, recording.name)))
    path = await recorder.finish({})

    assert path
    original = recording.path.read_bytes()
    recorded = read_recording(path)
    assert without_ids(b"".join(recorded.frames)) == without_ids(original)
    assert len(recorded.frames) == len(recording.frames)
    assert not {*ID.findall(original)} & {*ID.findall(b"".join(recorded.frames))}


@each_own_recording
async def test_what_a_thread_holds_is_what_its_followers_hold(recording: Recording) -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    question = await upstream.create_message(thread_id, QUESTION)

    start = started(thread_id, recording.name)
    stream = await run(upstream, start)

    held = await messages(upstream, thread_id)
    assert held == await watched(upstream, start, stream, question)


@each_own_recording
async def test_a_recording_can_be_played_twice_in_one_thread(recording: Recording) -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)

    start, again = (started(thread_id, recording.name, run_id) for run_id in ("run_1", "run_2"))
    first = await run(upstream, start)
    second = await run(upstream, again)

    seen = await watched(upstream, start, first)
    held = await messages(upstream, thread_id)
    assert held == await watched(upstream, again, second, *seen)
    assert {*ID.findall(first)} & {*ID.findall(second)} == {json.dumps(thread_id).encode()}


async def test_what_was_written_is_not_rewritten(tmp_path: Path) -> None:
    quoted = json.dumps('{"id": "msg_1"} and "run_1"')
    image = '{"index": 0, "type": "image_file", "image_file": {"file_id": "own_1"}}'
    text = f'{{"index": 1, "type": "text", "text": {{"value": {quoted}}}}}'
    data = f'{{"id": "msg_1", "delta": {{"content": [{image}, {text}]}}, "x": ["msg_1"]}}'
    stream = f"event: thread.message.delta\ndata: {data}\n\n".encode()
    upstream = replaying(recordings_of(tmp_path, quotes=stream))

    played = await run_once(upstream, "quotes")

    assert b'"id": "msg_1"' not in played
    assert re.sub(rb'"id": "msg_\w+"', b'"id": "msg_1"', played) == stream


async def test_thread_and_assistant_are_the_ones_asked_for(tmp_path: Path) -> None:
    stream = (
        b'event: thread.run.completed\ndata: {"id":"run_1","object":"thread.run",'
        b'"thread_id":"thread_old","assistant_id":"asst_old"}\n\n'
    )
    upstream = replaying(recordings_of(tmp_path, bees=stream))
    thread_id = await new_thread(upstream)

    start = Start(thread_id=thread_id, assistant_id="bees")
    [event] = events_of(await read(upstream.start_run(start)))

    assert event["data"]["thread_id"] == thread_id
    assert event["data"]["assistant_id"] == "bees"
