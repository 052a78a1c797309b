"""Recordings: read and checked, played, and written."""

import asyncio
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from relay.errors import RecordingError
from relay.places import recordings_folder
from relay.recording import Recorder, Recording, Recordings, play
from relay.recording.reading import read_recording

STREAM = (
    b": hello\n\nevent: a\ndata: 1\n\n"
    b"data: 2\r\n\r\n"
    b": between\nid: 7\n\ndata: 3\ndata: 4\n\n"
    b"event: none\n\n"
    b"event: b\ndata: [DONE]\n\n"
    b": after all"
)
FRAMES = [
    b": hello\n\nevent: a\ndata: 1\n\n",
    b"data: 2\r\n\r\n",
    b": between\nid: 7\n\ndata: 3\ndata: 4\n\n",
    b"event: none\n\nevent: b\ndata: [DONE]\n\n: after all",
]

each_own_recording = pytest.mark.parametrize(
    "path", sorted(recordings_folder().glob("*.sse")), ids=lambda path: path.stem
)


def write(folder: Path, name: str, stream: bytes, sidecar: Any = None) -> Path:
    path = folder / f"{name}.sse"
    path.write_bytes(stream)
    if sidecar is not None:
        path.with_suffix(".json").write_text(json.dumps(sidecar), "utf-8")
    return path


async def played(recording: Recording, speed: float = 0, **options: int) -> list[bytes]:
    return [chunk async for chunk in play(recording, speed, **options)]


# Reading


def test_frames_hold_every_byte_of_the_file(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert list(recording.frames) == FRAMES


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n: more\n\n"], ids=repr)
def test_an_event_that_nothing_ends_is_one(end: bytes, tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "cut", b"data: 1\n\ndata: 2" + end))

    assert list(recording.frames) == [b"data: 1\n\n", b"data: 2" + end]


def test_a_byte_order_mark_hides_no_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "bom", b"\xef\xbb\xbfdata: 1\n\ndata: 2\n\n"))

    assert len(recording.frames) == 2


def test_a_plain_file_is_named_after_itself(tmp_path: Path) -> None:
    write(tmp_path, "two words & more", b"data: 1\n\n")

    recordings = Recordings([tmp_path])

    assert recordings.names() == ["two-words-more"]
    recording = recordings.get("two-words-more")
    assert recording
    assert recording.title == "Two words more"


def test_a_sidecar_names_and_describes(tmp_path: Path) -> None:
    sidecar = {"version": 1, "name": "Bees", "description": "All about them.", "more": [1]}
    write(tmp_path, "bees", b"data: 1\n\n", sidecar)

    [recording] = Recordings([tmp_path])

    assert recording.title == "Bees"
    assert recording.sidecar.description == "All about them."


def test_folders_and_files_can_be_mixed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder, "one", b"data: 1\n\n")
    single = write(tmp_path, "two", b"data: 2\n\n")

    recordings = Recordings([folder, single])

    assert recordings.names() == ["one", "two"]


def test_what_is_half_written_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "run.part").write_bytes(b"data: 1\n\n")

    assert Recordings([tmp_path]).names() == []


SIDECARS: dict[str, tuple[str, int]] = {
    "no JSON": ('{"version": 1,\n"name": }', 2),
    "no object": ("[]", 1),
    "another version": ('{\n"version": 2\n}', 2),
    "a name that is no text": ('{"version": 1,\n\n"name": 7}', 3),
    "a time that is no number": ('{"version": 1,\n"arrived_ms": [0, "1"]}', 2),
    "a negative time": ('{"version": 1,\n"arrived_ms": [-1, 1]}', 2),
    "too few times": ('{"version": 1,\n"arrived_ms": [1]}', 2),
    "times that run backwards": ('{"version": 1,\n"arrived_ms": [2, 1]}', 2),
    "JSON that is too deep": ("[" * 100_000, 1),
}


@pytest.mark.parametrize(("text", "line"), SIDECARS.values(), ids=SIDECARS)
def test_a_bad_sidecar_is_named_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    path = write(tmp_path, "bad", b"data: 1\n\ndata: 2\n\n").with_suffix(".json")
    path.write_text(text, "utf-8")

    with pytest.raises(RecordingError) as raised:
        Recordings([tmp_path])

    assert str(raised.value).startswith(f"{path}:{line}: ")
    assert "\n" not in str(raised.value)


STREAMS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 1),
    "no event": (b"event: a\n\n: b\n\n", 5),
    "some other text": (b"Dear all,\r\ndatabases!\r\n", 3),
    "no UTF-8": (b"data: 1\r\rdata: \xff\r\r", 3),
}


@pytest.mark.parametrize(("stream", "line"), STREAMS.values(), ids=STREAMS)
def test_a_bad_stream_is_named_with_its_line(stream: bytes, line: int, tmp_path: Path) -> None:
    path = write(tmp_path, "bad", stream)

    with pytest.raises(RecordingError) as raised:
        Recordings([tmp_path])

    assert str(raised.value).startswith(f"{path}:{line}: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.sse"

    with pytest.raises(RecordingError, match=r"none\.sse"):
        Recordings([path])


def test_two_recordings_cannot_share_a_name(tmp_path: Path) -> None:
    write(tmp_path, "a b", b"data: 1\n\n")
    write(tmp_path, "a-b", b"data: 1\n\n")

    with pytest.raises(RecordingError, match=r"a-b\.sse: named like .*a b\.sse"):
        Recordings([tmp_path])


def test_broken_json_is_told_with_its_line_and_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path, "odd", b'data: 1\n\ndata: {"a":\n\ndata: [DONE]\n\n')

    with caplog.at_level(logging.WARNING):
        recording = read_recording(path)

    assert len(recording.frames) == 3
    assert f"{path}:3: " in caplog.text
    assert len(caplog.records) == 1


@each_own_recording
def test_the_projects_own_recordings_are_sound(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recording = read_recording(path)

    assert b"".join(recording.frames) == path.read_bytes()
    assert recording.sidecar.arrived_ms is not None
    assert not caplog.records


# Playing


async def test_a_recording_is_played_whole(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording)) == STREAM


async def test_each_event_comes_when_it_came(tmp_path: Path) -> None:
    times = [0, 100, 100, 250]
    recording = read_recording(write(tmp_path, "paced", STREAM, {"arrived_ms": times}))
    clock = asyncio.get_running_loop().time
    began = clock()

    arrived = [(chunk, (clock() - began) * 1000) async for chunk in play(recording, 2)]

    came = {frame: at for chunk, at in arrived for frame in FRAMES if frame in chunk}
    assert all(came[frame] + 1 >= at / 2 for frame, at in zip(FRAMES, times, strict=True))
    assert b"".join(chunk for chunk, _ in arrived) == STREAM


async def test_a_recording_goes_on_behind_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording, after=2)) == b"".join(FRAMES[2:])
    assert await played(recording, after=4) == []
    assert await played(recording, after=9) == []


async def test_a_recording_can_be_cut_after_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording, stop_after=3)) == b"".join(FRAMES[:3])
    assert b"".join(await played(recording, stop_after=99)) == STREAM


async def test_a_recording_can_stall_after_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))
    chunks = play(recording, 0, stall_after=1)

    first = await anext(chunks)
    waiting = asyncio.ensure_future(anext(chunks))
    await asyncio.wait([waiting], timeout=0.05)

    assert first == FRAMES[0]
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


# Writing


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
    return await recorder.finish({"upstream_ids": ["run_up"]})


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
    assert sidecar == {"version": 1, **META, "upstream_ids": ["run_up"]}


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


async def test_a_frame_has_the_time_of_the_chunk_that_ended_it(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, META)
    recorder.add(b"data: 1\n\ndata: 2")
    loop = asyncio.get_running_loop()
    later = loop.create_future()
    loop.call_later(0.05, later.set_result, None)
    await later
    recorder.add(b"\n\n")

    path = await recorder.finish({})

    assert path
    times = read_recording(path).sidecar.arrived_ms
    assert times
    assert times[1] - times[0] >= 45


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
