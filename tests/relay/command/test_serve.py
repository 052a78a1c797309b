"""`thread-relay serve` and `replay`, and what is asked wrongly."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from relay.recording.reading import read_recording

from .processes import PLAIN, ROOT, ask, is_draining, run, running, serving

WRONG = {
    "a wrong value": (["--port", "x"], "--port"),
    "an unknown flag": (["--prot", "1"], "--port"),
    "an unknown command": (["sing"], "sing"),
    "a store that is none": (["--store", "disk:x"], "--store"),
    "a file in no folder": (["--store", "sqlite:nowhere/relay.db"], "RELAY_STORE: the store "),
    "no Redis": (["--store", "redis://127.0.0.1:1/0"], "RELAY_STORE: Redis cannot be reached"),
    "processes without a store": (["--workers", "2"], "RELAY_STORE"),
    "a folder that is not there": (["--recordings", "nowhere"], "RELAY_RECORDINGS: nowhere"),
    "an address for all without a secret": (["--host", "0.0.0.0"], "RELAY_TOKEN"),  # noqa: S104
    "an address that is not ours": (["--host", "192.0.2.1"], "RELAY_HOST"),
    "a file to record into": (["--record", __file__], "RELAY_RECORD"),
    "no file": (["replay"], "file"),
    "a file that is not there": (["replay", "none.sse"], "none.sse"),
    "an assistant without a message": (["record", "plain-text"], "message"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "named"), WRONG.values(), ids=WRONG)
async def test_what_is_asked_wrongly_ends_with_one_line(
    arguments: list[str], named: str, tmp_path: Path
) -> None:
    status, output, errors = await run(tmp_path, *arguments)

    assert status == 2
    assert output == ""
    assert errors.count("\n") == 1
    assert named in errors


async def test_a_wrong_variable_ends_with_one_line(tmp_path: Path) -> None:
    status, _, errors = await run(tmp_path, RELAY_SPEED="fast")

    assert status == 2
    assert errors.startswith("thread-relay: RELAY_SPEED: ")
    assert errors.count("\n") == 1


async def test_a_wrong_line_of_the_file_ends_with_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RELAY_STORE=disk\n")

    status, _, errors = await run(tmp_path)

    assert status == 2
    assert errors.startswith("thread-relay: RELAY_STORE: ")


async def test_a_bad_recording_ends_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.sse").write_bytes(b"data: 1\n\ndata: \xff\n\n")

    status, _, errors = await run(tmp_path, "--recordings", ".")

    assert status == 2
    assert "bad.sse:3: " in errors
    assert errors.count("\n") == 1


async def test_a_key_without_an_upstream_chooses_responses(tmp_path: Path) -> None:
    key = "sk-test-0123456789abcdef"

    async with running(tmp_path, "--port", "0", OPENAI_API_KEY=key) as process:
        assert process.stdout
        line = (await process.stdout.readline()).decode()

    assert "responses" in line
    assert key not in line


async def test_responses_without_a_key_say_what_is_missing(tmp_path: Path) -> None:
    status, _, errors = await run(tmp_path, "--upstream", "responses")

    assert status == 2
    assert "OPENAI_API_KEY" in errors


async def test_help_names_every_command_and_version_the_program(tmp_path: Path) -> None:
    status, output, _ = await run(tmp_path, "--help")
    version = await run(tmp_path, "--version")

    assert status == 0
    assert all(name in output for name in ("serve", "replay", "record", "--port", "RELAY_PORT"))
    assert version[0] == 0
    assert version[1].startswith("thread-relay")


async def test_serving_says_the_upstream_and_where_to_look(tmp_path: Path) -> None:
    async with running(tmp_path, "--port", "0") as process:
        assert process.stdout
        line = (await process.stdout.readline()).decode()

    assert "replaying" in line
    assert "http://127.0.0.1:" in line


async def test_a_relay_over_files_has_them_for_assistants(tmp_path: Path) -> None:
    async with serving(tmp_path, "replay", str(PLAIN)) as (_, url):
        listed = await ask("GET", f"{url}assistants")

    assert [entry["id"] for entry in listed["data"]] == ["plain-text"]


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_relay_well(name: signal.Signals, tmp_path: Path) -> None:
    async with serving(tmp_path) as (process, url):
        await ask("GET", f"{url}assistants")

        process.send_signal(name)

        _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    assert errors == b""


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    # A run that takes days, and as long to drain.
    sidecar = {"arrived_ms": [0.0] + [1e9] * (len(read_recording(PLAIN).frames) - 1)}
    (tmp_path / "slow.sse").write_bytes(PLAIN.read_bytes())
    (tmp_path / "slow.json").write_text(json.dumps(sidecar))
    slow = ["--recordings", str(tmp_path), "--drain-seconds", "1000"]
    async with serving(tmp_path, *slow) as (process, url):
        thread = await ask("POST", f"{url}threads", {})
        await ask("POST", f"{url}threads/{thread['id']}/runs", {"assistant_id": "slow"})
        process.send_signal(signal.SIGTERM)
        await is_draining(url)

        process.send_signal(signal.SIGTERM)

        await asyncio.wait_for(process.wait(), 20)
    assert process.returncode == -signal.SIGTERM


async def test_a_missing_library_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "aiohttp").mkdir()
    (tmp_path / "aiohttp" / "__init__.py").write_text(
        "raise ModuleNotFoundError('No module named aiohttp', name='aiohttp')"
    )

    status, _, errors = await run(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    assert status == 2
    assert errors.count("\n") == 1
    assert "pip install 'thread-relay[server]'" in errors
