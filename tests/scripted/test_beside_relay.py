"""`make run RELAY_UPSTREAM=responses` has something to talk to, with a key and without."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from .beside_relay import RELAY

ROOT = Path(__file__).parents[2]

Process: TypeAlias = asyncio.subprocess.Process
Start: TypeAlias = Callable[..., Coroutine[Any, Any, Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the command in an empty folder; it is stopped in the end."""
    processes: list[Process] = []

    async def started(**said: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            RELAY[0],
            "-m",
            "tests.scripted.beside_relay",
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "RELAY_PORT": "0", **said},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def line(process: Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode().strip()


def address(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", text)
    assert found, text
    return found[0]


async def test_without_a_key_the_scripted_server_answers_until_the_relay_stops(
    start: Start,
) -> None:
    process = await start(RELAY_UPSTREAM="responses")
    scripted, relay = address(await line(process)), (await line(process)).split("open ")[-1]

    async with aiohttp.ClientSession(relay) as session, session.get("assistants") as response:
        assistants = [entry["id"] for entry in (await response.json())["data"]]
    process.terminate()
    status = await process.wait()

    assert {"echo", "plain-text", "function-call", "code-interpreter"} <= {*assistants}
    assert status == 0
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession(scripted) as session:
            await session.get("/v1/models")


async def test_assistants_of_ones_own_stay(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[poet]\nmodel = "plain-text"\n')
    process = await start(RELAY_UPSTREAM="responses", RELAY_ASSISTANTS="mine.toml")
    await line(process)
    relay = (await line(process)).split("open ")[-1]

    async with aiohttp.ClientSession(relay) as session, session.get("assistants") as response:
        assistants = [entry["id"] for entry in (await response.json())["data"]]

    assert assistants == ["poet"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"RELAY_UPSTREAM": "responses", "OPENAI_API_KEY": "sk-test"}, "upstream responses"),
        ({"RELAY_UPSTREAM": "replay"}, "replaying"),
    ],
    ids=["a key", "another upstream"],
)
async def test_with_a_key_or_another_upstream_there_is_only_the_relay(
    start: Start, said: dict[str, str], says: str
) -> None:
    process = await start(**said)

    first = await line(process)
    process.terminate()
    await process.wait()

    assert first.startswith(f"thread-relay: {says}")


async def test_a_key_may_stand_in_the_file(start: Start, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RELAY_UPSTREAM=responses\nOPENAI_API_KEY=sk-test\n")

    first = await line(await start())

    assert first.startswith("thread-relay: upstream responses")


async def test_the_upstream_may_be_named_in_the_file(start: Start, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RELAY_UPSTREAM=responses\n")

    first = await line(await start())

    assert first.startswith("No OPENAI_API_KEY: the scripted Responses server answers at")
