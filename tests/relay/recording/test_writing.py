"""Recordings are written while a run is relayed."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from relay.recording import Recorder, Recordings
from relay.recording.reading import read_recording

from .recorded import FRAMES, STREAM, write

META = {
    "upstream": "assistants",
    "thread_id": "thread_1",
    "assistant_id": "asst_1",
    "run_id": "run_1",
}


async def record(folder: Path, chunks: Sequence[bytes]) -> Path | None:
    recorder = Recorder(folder, META)
    for chunk in chunks:
        recorder.add(chunk)
    return await recorder.finish({"upstream_ids": ["run_up"], "status": "completed"})


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def in_pieces(stream: bytes, size: int) -> list[bytes]:
    return [stream[start : start + size] for start in range(0, len(stream), size)]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_recording_is_what_came_however_it_was_cut(size: int, tmp_path: Path) -> None:
    path = await record(tmp_path / "new", in_pieces(STREAM, size))

    assert path
    assert path.read_bytes() == STREAM
    sidecar = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert len(sidecar.pop("arrived_ms")) == len(FRAMES)
    assert sidecar.pop("started_at") > 0
    assert sidecar == {
        "version": 1, **META, "upstream_ids": ["run_up"], "status": "completed",
    }  # fmt: skip


async def test_a_recording_that_was_written_can_be_read(tmp_path: Path) -> None:
    path = await record(tmp_path, in_pieces(STREAM, 3))

    assert path
    [recording] = Recordings([tmp_path])
    assert recording.path == path
    assert list(recording.frames) == FRAMES
    assert names(tmp_path) == [f"{path.stem}.json", path.name]


async def test_a_long_recording_is_written_on_the_way(tmp_path: Path) -> None:
    frame = b"data: " + b"x" * 1000 + b"\n\n"
    recorder = Recorder(tmp_path, META)

    for _ in range(2000):
        recorder.add(frame)
        await asyncio.sleep(0)
    path = await recorder.finish({})

    assert path
    assert path.read_bytes() == frame * 2000


async def a_moment_later() -> None:
    """50 ms, as the loop counts them."""
    loop = asyncio.get_running_loop()
    later = loop.create_future()
    loop.call_later(0.05, later.set_result, None)
    await later


async def test_a_frame_has_the_time_of_the_chunk_that_ended_it(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, META)
    recorder.add(b"data: 1\n\ndata: 2")
    await a_moment_later()
    recorder.add(b"\n\n")

    path = await recorder.finish({})

    assert path
    times = read_recording(path).sidecar.arrived_ms
    assert times
    assert times[1] - times[0] >= 45


LEFT_OVER = {
    "nothing": (b"", b""),
    "half an event": (b"event: b\nda", b""),
    "half its data": (b'data: {"b": "', b""),
    "half a character": ("data: é".encode()[:-1], b""),
    "half a comment": (b": go", b""),
    "an event without its blank line": (b"event: b\ndata: {}", b"event: b\ndata: {}\n\n"),
    "an event with half its blank line": (b"data: [DONE]\n", b"data: [DONE]\n\n\n"),
    "a whole comment": (b": go\n\n", b": go\n\n"),
}


@pytest.mark.parametrize(("rest", "kept"), LEFT_OVER.values(), ids=LEFT_OVER)
async def test_what_a_stream_leaves_unfinished_does_not_spoil_the_next(
    rest: bytes, kept: bytes, tmp_path: Path
) -> None:
    recorder = Recorder(tmp_path, META)
    recorder.next_stream()
    recorder.add(b"event: a\ndata: 1\n\n" + rest)

    recorder.next_stream()
    recorder.add(b"event: c\ndata: 3\n\n")
    path = await recorder.finish({})

    assert path
    recording = read_recording(path)
    assert path.read_bytes() == b"event: a\ndata: 1\n\n" + kept + b"event: c\ndata: 3\n\n"
    assert recording.events[0] == b"a"
    assert recording.events[-1] == b"c"
    assert len(recording.sidecar.arrived_ms or []) == len(recording.events)


async def test_events_of_later_streams_have_their_own_times(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, META)
    recorder.add(b"data: 1\n\n" + b"data: " + b"x" * 100)
    await a_moment_later()
    recorder.next_stream()
    recorder.add(b"data: 2\n\n")

    path = await recorder.finish({})

    assert path
    times = read_recording(path).sidecar.arrived_ms
    assert times
    assert times[1] - times[0] >= 45


async def test_streams_without_an_event_leave_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, META)
    recorder.next_stream()
    recorder.add(b"event: a\nda")
    recorder.next_stream()

    path = await recorder.finish({})

    assert path is None
    assert names(tmp_path) == []


@pytest.mark.parametrize("chunks", [[], [b": only a comment\n\n"]], ids=["nothing", "no event"])
async def test_a_run_without_events_leaves_nothing(chunks: list[bytes], tmp_path: Path) -> None:
    path = await record(tmp_path, chunks)

    assert path is None
    assert names(tmp_path) == []


async def test_a_folder_that_cannot_be_written_to_hurts_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = write(tmp_path, "file", STREAM)

    path = await record(in_the_way, [STREAM, b"x" * 1_000_000, STREAM])

    assert path is None
    assert "not recorded" in caplog.text


async def test_a_stream_that_could_not_be_replayed_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = await record(tmp_path, [b"data: \xff\n\n"])

    assert path is None
    assert "not recorded" in caplog.text
    assert names(tmp_path) == []
