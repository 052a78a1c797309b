"""How a run comes to its end where its stream does not say it, and what is owed upstream then."""

import asyncio
import logging
from collections.abc import Sequence

from reducer import messages_of

from ..errors import RelayError, StoreFailed, UpstreamLost
from ..upstreams import Json
from .limit import Limit
from .run import error_of
from .settling import Settling
from .streams import Streams
from .turn import Turn
from .waits import waits

logger = logging.getLogger(__name__)


class Ending:
    def __init__(self, turn: Turn, limit: Limit, streams: Streams) -> None:
        self._run = turn.run
        self._turn = turn
        self._upstream = turn.upstream
        self._limit = limit
        self._streams = streams
        self._settling = Settling(turn)
        self._cancel_seconds = turn.settings.cancel_seconds
        self._settle_seconds = turn.settings.settle_seconds
        # Set when somebody has asked to cancel the run.
        self.is_cancelling = False

    async def ask(self) -> str:
        """The status that the upstream says the run is in, now that its stream does not."""
        if not self._streams.is_named:
            return self._lost("start_unknown", "the upstream broke off before it named the run")
        if not self._upstream.outlives_streams:
            return self._lost("upstream_lost", "the upstream broke off: what was to follow is lost")
        try:
            async with self._limit.of(self._settle_seconds):
                status = await self._settling.ask(lambda: self.is_cancelling)
        except (TimeoutError, UpstreamLost) as error:
            return self._lost("upstream_lost", str(error) or "the upstream's answer broke off")
        is_too_late = status == "requires_action" and self.is_cancelling
        return await self.withdraw() if is_too_late else status

    async def withdraw(self) -> str:
        """It was cancelled while it waited for outputs."""
        if self._upstream.keeps_runs:
            return await self.ask()
        await self.close_calls("The run was cancelled before there was an output.")
        return "cancelled"

    async def expire(self) -> str:
        """An open call would keep the thread from being used: it is closed upstream."""
        if self._upstream.keeps_runs:
            await self.give_up()
        else:
            await self.close_calls("The run expired before there was an output.")
        return "expired"

    async def close_calls(self, why: str) -> None:
        if self._upstream.keeps_runs:
            return
        try:
            async with asyncio.timeout(self._cancel_seconds):
                await self._upstream.close_calls(self._run.told(), why)
        except (RelayError, TimeoutError) as error:
            logger.warning("run %s: its calls could not be closed: %s", self._run.id, _why(error))

    async def give_up(self) -> None:
        """End the run upstream; the thread is usable once that is done."""
        if not self._streams.is_named or not self._upstream.outlives_streams:
            return
        await self.cancel_upstream()
        try:
            async with self._limit.of(self._cancel_seconds):
                status = await self._settling.ask(lambda: True)
        except (TimeoutError, UpstreamLost):
            logger.warning("run %s has been given up, but goes on upstream", self._run.id)
            return
        if status == "requires_action":
            await self.close_calls("The run was given up before there was an output.")

    async def cancel_upstream(self) -> None:
        if self._run.upstream_id is None:
            return
        try:
            async with asyncio.timeout(self._cancel_seconds):
                await self._upstream.cancel_run(self._run.thread_id, self._run.upstream_id)
        except (RelayError, TimeoutError) as error:
            logger.warning("run %s could not be cancelled upstream: %s", self._run.id, _why(error))

    async def keep(self) -> None:
        """What the upstream does not remember of the streams that have ended, it is given."""
        if self._upstream.keeps_runs:
            return
        try:
            await self._upstream.keep(self._run.told(), self._turn.dialect.items, self._messages)
        except RelayError as error:
            logger.warning("run %s: its items could not be kept: %s", self._run.id, error.in_short)

    async def say_last(self, status: str) -> None:
        """A store that fails is waited for: without this frame the run would never end."""
        for pause in waits(self._settle_seconds):
            try:
                await self._turn.set_status(status)
            except StoreFailed as error:
                logger.error("run %s: its end is not told yet: %s", self._run.id, error)  # noqa: TRY400
                await asyncio.sleep(pause)
            else:
                return

    async def _messages(self) -> Sequence[Json]:
        return messages_of((await self._turn.see()).messages, self._run.told())

    def _lost(self, code: str, message: str) -> str:
        if self.is_cancelling:
            return "cancelled"
        self._run.last_error = error_of(code, message)
        return "failed"


def _why(error: RelayError | TimeoutError) -> str:
    return error.in_short if isinstance(error, RelayError) else "it took too long"
