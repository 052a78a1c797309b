"""What the tests of the `replay` upstream share."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reducer import EventReader, replay
from relay.places import recordings_folder
from relay.recording import Recordings
from relay.recording.reading import read_recording
from relay.settings import Settings
from relay.upstreams import Page, Start
from relay.upstreams.replay import ReplayUpstream

from .asking import read

OWN = Recordings([recordings_folder()])
each_own_recording = pytest.mark.parametrize(
    "recording", list(OWN), ids=lambda recording: recording.name
)

# Not those of files, their containers and assistants, which a run only finds.
ID = re.compile(rb'(?<!file_id":)(?<!container_id":)(?<!assistant_id":)(?<=id":)"\w+"')


def replaying(recordings: Recordings = OWN, **changes: Any) -> ReplayUpstream:
    return ReplayUpstream(Settings.model_validate({"speed": 0, **changes}), recordings)


async def new_thread(upstream: ReplayUpstream) -> str:
    return str((await upstream.create_thread({}))["id"])


def started(thread_id: str, name: str = "bees", run_id: str = "run_of_the_relay") -> Start:
    """As a relay starts a run."""
    return Start(thread_id=thread_id, assistant_id=name, run_id=run_id, created_at=1700000000)


def told(start: Start, *upstream_ids: str, **said: Any) -> dict[str, Any]:
    """A run as the relay tells it."""
    return {
        "id": start.run_id,
        "thread_id": start.thread_id,
        "assistant_id": start.assistant_id,
        "created_at": start.created_at,
        "status": "in_progress",
        **said,
        "upstream_ids": list(upstream_ids),
    }


async def run(upstream: ReplayUpstream, start: Start) -> bytes:
    """All streams of one run; its calls are answered."""
    stream = await read(upstream.start_run(start))
    while rest := await go_on(upstream, start, upstream_ids_of(stream)):
        stream += rest
    return stream


async def go_on(upstream: ReplayUpstream, start: Start, upstream_ids: list[str]) -> bytes:
    """The stream that follows the outputs of the calls that a run waits for, if it does."""
    calls = waiting(await upstream.retrieve_run(start.thread_id, upstream_ids[-1]))
    outputs = [{"tool_call_id": call, "output": "sunny"} for call in calls]
    stream = upstream.submit_tool_outputs(told(start, *upstream_ids), outputs)
    return await read(stream) if calls else b""


async def watched(upstream: ReplayUpstream, start: Start, stream: bytes, *before: Any) -> Any:
    """The list of who has followed a run from its first frame to its last."""
    ids = upstream_ids_of(stream)
    said = await upstream.retrieve_run(start.thread_id, ids[-1])
    reader = EventReader()
    events = reader.feed(_relay_says(told(start)) + stream) + reader.end()
    return replay(events + reader.feed(_relay_says(told(start, *ids, **said))), list(before))


def _relay_says(run: dict[str, Any]) -> bytes:
    return f"event: relay.run\ndata: {json.dumps(run)}\n\n".encode()


async def messages(upstream: ReplayUpstream, thread_id: str) -> Any:
    """Newest first."""
    page = await upstream.list_messages(thread_id, Page(limit=100))
    assert page["has_more"] is False
    return page["data"]


async def run_once(upstream: ReplayUpstream, name: str) -> bytes:
    start = Start(thread_id=await new_thread(upstream), assistant_id=name)
    return await read(upstream.start_run(start))


def events_of(stream: bytes) -> Any:
    reader = EventReader()
    return [*reader.feed(stream), *reader.end()]


def upstream_ids_of(stream: bytes) -> list[str]:
    """The run that is told, or else the responses; of one that goes on only what is told later."""
    found = [data for data in map(_data_of, events_of(stream)) if data]
    begun = [data for data in found if data.get("type") == "response.created"] or found
    ids = [str(data["response"]["id"]) for data in begun if "response" in data]
    return ids or [str(data["id"]) for data in found if data.get("object") == "thread.run"][:1]


def _data_of(event: Any) -> dict[str, Any]:
    return event["data"] if isinstance(event["data"], dict) else {}


def run_id_of(stream: bytes) -> str:
    return upstream_ids_of(stream)[-1]


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


def playing(folder: Path, stream: bytes, **settings: Any) -> ReplayUpstream:
    """With one recording, called `bees`."""
    return replaying(recordings_of(folder, bees=stream), **settings)


def text_of(message: Any) -> str:
    return "".join(part["text"]["value"] for part in message["content"])
