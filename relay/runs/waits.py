"""How long to wait before an upstream is asked again."""

import asyncio
from collections.abc import Iterator

_FIRST_SECONDS = 0.25
_LONGEST_SECONDS = 4.0


def waits(limit_seconds: float) -> Iterator[float]:
    """Waits in seconds, each twice as long as the one before, until the limit is reached."""
    deadline = asyncio.get_running_loop().time() + limit_seconds
    wait = _FIRST_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        yield wait
        wait = min(wait * 2, _LONGEST_SECONDS)
