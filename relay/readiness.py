"""Whether the store takes what it is given: asked for probes, which may come often."""

import asyncio
import logging
import time

from .errors import StoreFailed
from .logs import Store

_logger = logging.getLogger(__name__)

# An answer counts for so long, so that whoever asks often costs the store nothing.
_FRESH_SECONDS = 1.0

# A store that takes longer is no help to anybody who waits.
_LIMIT_SECONDS = 2.0


class Readiness:
    def __init__(self, store: Store) -> None:
        self._store = store
        # The newest question; whoever asks meanwhile waits for the same.
        self._asking: asyncio.Task[bool] | None = None
        self._fresh_until = 0.0
        self._was_ready = True

    async def is_ready(self) -> bool:
        is_stale = time.monotonic() >= self._fresh_until
        if self._asking is None or (self._asking.done() and is_stale):
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        trouble = await self._trouble()
        self._fresh_until = time.monotonic() + _FRESH_SECONDS
        is_ready, self._was_ready = self._was_ready, trouble is None
        if trouble is not None and is_ready:
            _logger.warning("not ready: %s", trouble)
        elif trouble is None and not is_ready:
            _logger.warning("ready again")
        return trouble is None

    async def _trouble(self) -> str | None:
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                await self._store.check()
        except StoreFailed as error:
            return str(error)
        except TimeoutError:
            return "the store does not answer"
        return None
