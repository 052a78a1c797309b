"""What the tests of the `replay` upstream share."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from reducer import EventReader
from relay.places import recordings_folder
from relay.recording import Recordings
from relay.recording.reading import read_recording
from relay.settings import Settings
from relay.upstreams import Start, Stream
from relay.upstreams.replay import ReplayUpstream

from .asking import ongoing

QUESTION = {"role": "user", "content": "How are the bees?"}

OWN = Recordings([recordings_folder()])
each_own_recording = pytest.mark.parametrize(
    "recording", list(OWN), ids=lambda recording: recording.name
)

ID = re.compile(rb'(?<=id":)"\w+_\w+"')


def replaying(recordings: Recordings = OWN, **changes: Any) -> ReplayUpstream:
    return ReplayUpstream(Settings.model_validate({"speed": 0, **changes}), recordings)


async def new_thread(upstream: ReplayUpstream) -> str:
    return str((await upstream.create_thread({}))["id"])


async def read_rest(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def read(stream: Stream) -> bytes:
    async with stream as chunks:
        return await read_rest(chunks)


async def run(upstream: ReplayUpstream, thread_id: str, name: str) -> bytes:
    """All streams of one run; its calls are answered."""
    stream = await read(upstream.start_run(Start(thread_id=thread_id, assistant_id=name)))
    run_id = run_id_of(stream)
    while calls := waiting(await upstream.retrieve_run(thread_id, run_id)):
        outputs = [{"tool_call_id": call, "output": "sunny"} for call in calls]
        stream += await read(upstream.submit_tool_outputs(ongoing(thread_id, run_id), outputs))
    return stream


async def run_once(upstream: ReplayUpstream, name: str) -> bytes:
    start = Start(thread_id=await new_thread(upstream), assistant_id=name)
    return await read(upstream.start_run(start))


def events_of(stream: bytes) -> Any:
    reader = EventReader()
    return [*reader.feed(stream), *reader.end()]


def run_id_of(stream: bytes) -> str:
    return next(
        str(event["data"]["id"])
        for event in events_of(stream)
        if isinstance(event["data"], dict) and event["data"].get("object") == "thread.run"
    )


def waiting(run: Any) -> list[str]:
    if run["status"] != "requires_action":
        return []
    return [call["id"] for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]


def without_ids(stream: bytes) -> bytes:
    """Each id replaced by a number: the first is 0, and the same id has the same number."""
    seen: dict[bytes, int] = {}
    return ID.sub(lambda match: b'"%d"' % seen.setdefault(match[0], len(seen)), stream)


def recordings_of(folder: Path, **streams: bytes) -> Recordings:
    for name, stream in streams.items():
        (folder / f"{name}.sse").write_bytes(stream)
    return Recordings([folder])


def pausing(folder: Path, event: bytes) -> Recordings:
    """A recording that is there at once up to an event, and then takes days to go on."""
    whole = (recordings_folder() / "plain-text.sse").read_bytes()
    place = read_recording(recordings_folder() / "plain-text.sse").events.index(event)
    count = whole.count(b"\n\n")
    times = [0.0] * (place + 1) + [1e9] * (count - place - 1)
    (folder / "pausing.json").write_text(json.dumps({"arrived_ms": times}))
    return recordings_of(folder, pausing=whole)
