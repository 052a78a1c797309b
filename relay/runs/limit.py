"""A time limit that others can move while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Limit:
    """For whatever a driver waits for, one wait after the other."""

    def __init__(self) -> None:
        self._open: asyncio.Timeout | None = None
        # When every wait must have ended, in the loop's time; None for no such time.
        self._last_call: float | None = None

    @asynccontextmanager
    async def of(self, seconds: float | None) -> AsyncIterator[None]:
        """Raises TimeoutError when `seconds` are over (None: no limit of its own)."""
        try:
            async with asyncio.timeout(seconds) as self._open:
                self._not_beyond(self._last_call)
                yield
        finally:
            self._open = None

    def restart(self, seconds: float) -> None:
        """The wait that is on has so many seconds from now, but never goes beyond the last call."""
        if self._open is not None and not self._open.expired():
            self._open.reschedule(asyncio.get_running_loop().time() + seconds)
            self._not_beyond(self._last_call)

    def call_last(self, seconds: float) -> None:
        """This wait and all further ones must end in so many seconds."""
        if self._last_call is None:
            self._last_call = asyncio.get_running_loop().time() + seconds
            self._not_beyond(self._last_call)

    @property
    def is_last(self) -> bool:
        """Whether the last call was made."""
        return self._last_call is not None

    def _not_beyond(self, when: float | None) -> None:
        if when is None or self._open is None or self._open.expired():
            return
        planned = self._open.when()
        self._open.reschedule(when if planned is None else min(planned, when))
