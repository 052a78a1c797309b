"""The command as real processes."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from relay.places import recordings_folder

ROOT = Path(__file__).parents[3]
PLAIN = recordings_folder() / "plain-text.sse"

# Nothing of the environment that the tests run in.
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("RELAY_", "OPENAI_")) and not name.lower().endswith("_proxy")
} | {"PYTHONPATH": str(ROOT)}


@asynccontextmanager
async def running(folder: Path, *arguments: str, **variables: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "relay", *arguments,
        cwd=folder, env=CLEAN | variables, stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run(folder: Path, *arguments: str, **variables: str) -> tuple[int | None, str, str]:
    """Exit status, output, errors."""
    async with running(folder, *arguments, **variables) as process:
        output, errors = await process.communicate(b"")
        return process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def serving(folder: Path, *arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """A relay at a free port, and its address, as its first line says."""
    async with running(folder, *arguments, "--port", "0") as process:
        assert process.stdout
        line = (await process.stdout.readline()).decode()
        yield process, line.rpartition(" ")[2].strip()


async def ask(method: str, url: str, body: Any = None) -> Any:
    async with aiohttp.request(method, url, json=body) as response:
        return await response.json()


async def is_draining(url: str) -> None:
    """Ask until the relay says so."""
    while True:
        async with aiohttp.request("GET", f"{url}healthz") as response:
            if response.status == 503:
                return
