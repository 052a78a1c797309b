"""The messages that are added to a thread before a run starts."""

import logging

from .ending import Ending
from .limit import Limit
from .turn import Turn

_logger = logging.getLogger(__name__)


class Adding:
    def __init__(self, turn: Turn, limit: Limit, ending: Ending) -> None:
        self._turn = turn
        self._limit = limit
        self._ending = ending
        # How many of them are in the thread.
        self.count = 0

    async def add(self) -> None:
        """All, unless the run is cancelled meanwhile."""
        try:
            async with self._limit.of(None):
                await self._add()
        except TimeoutError:
            _logger.info("run %s was cancelled while a message was added", self._turn.run.id)

    async def _add(self) -> None:
        run = self._turn.run
        # A message that is being added stands before the run, for followers too.
        async with self._turn.messages.turn():
            for body in run.additional_messages:
                if self._ending.is_cancelling:
                    break
                await self._turn.messages.add(body)
                self.count += 1
