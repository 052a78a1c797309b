"""A stream broke in mid-run: the upstream is asked for the run until it has ended."""

import asyncio
import logging
from collections.abc import Callable

from ..errors import RelayError, UpstreamLost, UpstreamRefused
from ..frames import relay_frame
from ..snapshot import TERMINAL
from ..upstreams import Json
from .turn import Turn
from .waits import waits

logger = logging.getLogger(__name__)


class Settling:
    """Nobody is left with half an answer: what the stream owed, followers get as whole messages."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._run = turn.run
        self._feed = turn.feed
        self._upstream = turn.upstream
        self._seconds = turn.settings.settle_seconds

    async def ask(self, is_cancelling: Callable[[], bool]) -> str:
        """The run's status upstream, once it is one that the relay can go on from.

        A run of the upstream's own that is being cancelled waits for no outputs any more, whatever
        it still says; elsewhere such a part of a run has ended.

        Raises UpstreamLost if the run is not to be had, TimeoutError if that takes too long.
        """
        for wait in waits(self._seconds):
            told = await self._ask_once()
            if told is not None:
                self._turn.hear(told)
                status = str(told.get("status"))
                is_waiting = status == "requires_action"
                is_passing = self._upstream.keeps_runs and is_cancelling()
                if status in TERMINAL or (is_waiting and not is_passing):
                    await self._give_messages()
                    return status
            await asyncio.sleep(wait)
        raise TimeoutError

    async def _ask_once(self) -> Json | None:
        run = self._run
        try:
            return await self._upstream.retrieve_run(
                run.thread_id, str(run.upstream_id), run.assistant_id
            )
        except UpstreamLost:
            return None
        except UpstreamRefused as error:
            if error.is_passing:
                return None
            lost = f"the upstream's answer broke off, and the run is not to be had: {error}"
            raise UpstreamLost(lost) from None

    async def _give_messages(self) -> None:
        try:
            messages = await self._upstream.run_messages(self._run.told())
        except RelayError as error:
            logger.warning(
                "run %s: its messages could not be fetched: %s", self._run.id, error.in_short
            )
            return
        frames = [relay_frame("relay.message", message) for message in messages]
        await self._feed.publish(frames, self._run.id)
