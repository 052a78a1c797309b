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

_LAST_LOOK_SECONDS = 2.0


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
            lost = str(error) or "the upstream's answer broke off"
            return await self._last_look() or self._lost("upstream_lost", lost)
        is_too_late = status == "requires_action" and self.is_cancelling
        return await self.withdraw() if is_too_late else status

    async def _last_look(self) -> str | None:
        """A run that was cancelled too late has the end that the upstream gave it first."""
        if not self.is_cancelling:
            return None
        try:
            async with asyncio.timeout(_LAST_LOOK_SECONDS):
                return await self._settling.ask(lambda: True)
        except (TimeoutError, UpstreamLost):
            return None

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

    async def close_left(self, status: str) -> None:
        """A run that ends badly may leave calls: outputs go with the response that fails."""
        has_calls = bool(self._run.answered) or any(map(_is_call, self._turn.dialect.items))
        # What was not even named may go on upstream, and take them after all.
        if status != "completed" and has_calls and self._streams.is_named:
            await self.close_calls("The run ended before the output was taken.")

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
                if await self._is_told():
                    self._turn.end()
                else:
                    await self._turn.set_status(status)
            except StoreFailed as error:
                logger.error("run %s: its end is not told yet: %s", self._run.id, error)  # noqa: TRY400
                await asyncio.sleep(pause)
            else:
                return

    async def _is_told(self) -> bool:
        """Whether the end was kept, although the store did not say so."""
        if self._run.ended_at is None:
            return False
        block = await self._turn.feed.log.read(self._run.ended_at - 1, self._run.id)
        return b"event: relay.run\n" in block.data

    async def _messages(self) -> Sequence[Json]:
        return messages_of((await self._turn.see()).messages, self._run.told())

    def _lost(self, code: str, message: str) -> str:
        if self.is_cancelling:
            return "cancelled"
        self._run.last_error = error_of(code, message)
        return "failed"


def _why(error: RelayError | TimeoutError) -> str:
    return error.in_short if isinstance(error, RelayError) else "it took too long"


def _is_call(entry: Json) -> bool:
    return str(entry["item"].get("type")).endswith(("_call", "_request"))
