"""Where another stream may begin, as far as the names of events tell."""

import json
from pathlib import Path

import pytest

from relay.recording.playing import arrivals
from relay.recording.reading import read_recording
from relay.recording.starts import starts

from .recorded import write

RUN = "thread.run."

NAMES: dict[str, tuple[list[str], list[int]]] = {
    "one stream": (["thread.message.delta", RUN + "completed", "done"], []),
    "behind done": ([RUN + "requires_action", "done", "thread.run.step.completed"], [2]),
    "whatever stands behind done": (["thread.created", "done", "bees"], [2]),
    "without done": ([RUN + "requires_action", RUN + "queued"], [1]),
    "another response": (["response.created", "response.completed", "response.created"], [2]),
    "a response whose beginning is missing": (["response.failed", "response.queued"], [1]),
    "what belongs to the end": (["response.completed", "", "keepalive", "response.created"], [3]),
    "an end that is said twice": (["response.created", "response.completed"] * 2, [2]),
    "an end right behind another": (["response.queued", *["response.completed"] * 2], []),
    "an error": (["response.incomplete", "error", "response.failed"], [1]),
    "no names": (["", "", "message"], []),
}


@pytest.mark.parametrize(("names", "expected"), NAMES.values(), ids=NAMES)
def test_streams_begin_behind_what_ends_one(names: list[str], expected: list[int]) -> None:
    assert list(starts([name.encode() for name in names])) == expected


def test_the_wait_before_another_stream_is_left_out(tmp_path: Path) -> None:
    names = ["response.created", "response.completed", "response.created", "response.completed"]
    frames = [f"data: {json.dumps({'type': name})}\n\n" for name in names]
    sidecar = {"arrived_ms": [5, 15, 60_015, 60_025]}
    path = write(tmp_path, "round", "".join(frames).encode(), sidecar)

    assert list(arrivals(read_recording(path))) == [0, 10, 10, 20]
