"""How the task that drives a run is brought to its end when the relay stops."""

import asyncio

from .driver import Driver

# What a run that has ended gets to write its recording.
_LEAVE_SECONDS = 5.0


async def stop(driver: Driver, task: asyncio.Task[None], grace_seconds: float) -> None:
    """Let a run end by itself, or else at once; its recording is written in any case."""
    await asyncio.wait([task], timeout=grace_seconds)
    if not driver.run.is_terminal:
        task.cancel()
    await asyncio.wait([task], timeout=_LEAVE_SECONDS)
