"""Looking again, once, however often one is told to meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ..errors import RelayError

_logger = logging.getLogger(__name__)


class Looking:
    """One task at a time; what is told while it looks is looked at after that."""

    __slots__ = ("_is_told", "_look", "_task")

    def __init__(self, look: Callable[[], Awaitable[None]]) -> None:
        self._look = look
        self._is_told = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_under_way(self) -> bool:
        return self._task is not None

    def again(self) -> None:
        self._is_told = True
        if not self.is_under_way:
            self._task = asyncio.create_task(self._look_while_told())

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _look_while_told(self) -> None:
        try:
            while self._is_told:
                self._is_told = False
                await self._look_once()
        finally:
            self._task = None

    async def _look_once(self) -> None:
        try:
            await self._look()
        except RelayError as error:
            _logger.warning("what another relay did could not be looked at: %s", error)
