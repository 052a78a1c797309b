"""Processes that hold a thread, and may write into its log, until they are killed."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def holding(
    address: str, thread_id: str, lease_seconds: float = 10.0, writers: int = 0
) -> AsyncIterator[Process]:
    """A process that has taken a thread; it is killed at the end at the latest."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.relay.stores.process",
        address, thread_id, str(lease_seconds), str(writers),
        cwd=ROOT, stdin=PIPE, stdout=PIPE, limit=1_000_000,
    )  # fmt: skip
    try:
        assert process.stdout
        assert (await process.stdout.readline()).startswith(b"held ")
        yield process
    finally:
        await kill(process)


def go(process: Process) -> None:
    """Let it write."""
    assert process.stdin
    process.stdin.write(b"go\n")


async def kill(process: Process) -> bytes:
    """What it had written out and nobody has read."""
    if process.returncode is None:
        process.kill()
    output, _ = await process.communicate()
    return output
