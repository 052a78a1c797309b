"""Waiting for a conversation that is locked: one response at a time may work on it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import ThreadBusy

_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 4.0

_T = TypeVar("_T")


async def patiently(seconds: float, ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask again while the conversation is locked, for so long.  Raises ThreadBusy after that.

    A refusal says that nothing was done, so that to ask again is safe.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    wait = _FIRST_WAIT_SECONDS
    while True:
        try:
            return await ask()
        except ThreadBusy:
            left = deadline - loop.time()
            if left <= 0:
                raise
        await asyncio.sleep(min(wait, left))
        wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
