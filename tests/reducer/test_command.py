"""python -m reducer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reducer.__main__ import main
from tests.reducer.recordings import FOLDER, Recording, recordings

ROOT = Path(__file__).parents[2]

each_recording = pytest.mark.parametrize("recording", recordings(), ids=lambda r: r.name)


def path_of(recording: Recording) -> str:
    return str(FOLDER / f"{recording.name}.sse")


def frame(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


@each_recording
def test_it_prints_the_thread(
    recording: Recording, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    status = main([path_of(recording)])

    assert status == 0
    # The command begins with an empty thread.
    earlier = {message["id"] for message in recording.before}
    assert json.loads(capfdbinary.readouterr().out) == [
        message for message in recording.after if message["id"] not in earlier
    ]


@each_recording
def test_it_prints_the_runs(
    recording: Recording, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    status = main(["--runs", path_of(recording)])

    assert status == 0
    assert json.loads(capfdbinary.readouterr().out) == recording.runs


def test_recordings_are_one_thread_one_after_the_other(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    first, second = tmp_path / "first.sse", tmp_path / "second.sse"
    first.write_bytes(frame("thread.message.created", '{"id": "m1"}')[:-1])
    second.write_bytes(frame("thread.message.created", '{"id": "m2"}'))

    main([str(first), str(second)])

    assert json.loads(capfdbinary.readouterr().out) == [{"id": "m2"}, {"id": "m1"}]


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    status = main([str(tmp_path / "nowhere.sse")])

    out, err = capfdbinary.readouterr()
    assert status == 2
    assert not out
    assert err.startswith(b"reducer: ")
    assert b"nowhere.sse: No such file" in err


@pytest.mark.parametrize("arguments", [[], ["-"]], ids=["no file", "a dash"])
def test_it_reads_standard_input(arguments: list[str]) -> None:
    stream = frame("thread.message.created", '{"id": "m1", "role": "\\ud83d \\ud83d\\ude00 é"}')

    answer = subprocess.run(
        [sys.executable, "-m", "reducer", *arguments],
        cwd=ROOT, input=stream, capture_output=True, check=True,
    )  # fmt: skip

    assert "😀 é".encode() in answer.stdout
    assert json.loads(answer.stdout) == [{"id": "m1", "role": "\ud83d \U0001f600 é"}]
