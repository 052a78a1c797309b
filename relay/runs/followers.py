"""How many event streams are open at once, and how those end that follow no thread."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from ..errors import TooManyFollowers


class Followers:
    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._is_closed = False
        # Of those that end when all are let go.
        self._ends: set[asyncio.Timeout] = set()

    @property
    def count(self) -> int:
        return self._count

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around one event stream.  Raises TooManyFollowers."""
        if self._count >= self._most:
            raise TooManyFollowers(f"{self._most} event streams are open already")
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    @asynccontextmanager
    async def until_closed(self) -> AsyncIterator[None]:
        """What is done within ends when all are let go, and that is no error."""
        end = asyncio.timeout(0 if self._is_closed else None)
        try:
            async with end:
                self._ends.add(end)
                yield
        except TimeoutError:
            if not end.expired():
                raise
        finally:
            self._ends.discard(end)

    def close(self) -> None:
        self._is_closed = True
        for end in self._ends:
            end.reschedule(asyncio.get_running_loop().time())
