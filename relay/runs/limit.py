"""A time limit that others can draw in while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Limit:
    """For whatever a driver waits for.  What is drawn in stays so: the next wait has it too."""

    def __init__(self) -> None:
        self._open: asyncio.Timeout | None = None
        # When every wait must have ended, in the loop's time; None for no such time.
        self._last_call: float | None = None

    @asynccontextmanager
    async def of(self, seconds: float | None) -> AsyncIterator[None]:
        """Raises TimeoutError when `seconds` are over (None: no limit of its own)."""
        try:
            async with asyncio.timeout(seconds) as self._open:
                if self._last_call is not None:
                    self._until(self._last_call)
                yield
        finally:
            self._open = None

    def draw_in(self, seconds: float) -> None:
        """The wait that is on must end in so many seconds."""
        self._until(asyncio.get_running_loop().time() + seconds)

    def call_last(self, seconds: float) -> None:
        """This wait and all further ones must end in so many seconds."""
        if self._last_call is None:
            self._last_call = asyncio.get_running_loop().time() + seconds
            self._until(self._last_call)

    def _until(self, when: float) -> None:
        if self._open is None or self._open.expired():
            return
        planned = self._open.when()
        self._open.reschedule(when if planned is None else min(planned, when))
