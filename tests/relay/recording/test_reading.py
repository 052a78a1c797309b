"""Recordings are read and checked."""

import logging
from pathlib import Path

import pytest

from relay.errors import RecordingError
from relay.places import recordings_folder
from relay.recording import Recordings
from relay.recording.reading import read_recording

from .recorded import FRAMES, STREAM, write

each_own_recording = pytest.mark.parametrize(
    "path", sorted(recordings_folder().glob("*.sse")), ids=lambda path: path.stem
)


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
