"""A stream broke in mid-run: the upstream is asked for the run until it has ended."""

import asyncio
import logging
from collections.abc import Callable

from ..errors import RelayError, UpstreamLost, UpstreamRefused
from ..frames import relay_frame
from ..snapshot import TERMINAL
from ..upstreams import Json
from .turn import Turn

logger = logging.getLogger(__name__)

_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 4.0


class Settling:
    """Nobody is left with half an answer: what the stream owed, followers get as whole messages."""

    def __init__(self, turn: Turn) -> None:
        self._run = turn.run
        self._feed = turn.feed
        self._upstream = turn.upstream

    async def ask(self, is_cancelling: Callable[[], bool]) -> str:
        """The run's status upstream, once it is one that the relay can go on from.

        The caller sets the time limit.  Raises UpstreamLost if the run is not to be had.
        """
        if self._run.upstream_id is None:
            raise UpstreamLost("the upstream's answer broke off before it named the run")
        wait = _FIRST_WAIT_SECONDS
        while True:
            told = await self._ask_once(self._run.upstream_id)
            if told is not None:
                self._run.hear(told)
                status = str(told.get("status"))
                if status in TERMINAL or (status == "requires_action" and not is_cancelling()):
                    await self._give_messages()
                    return status
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)

    async def _ask_once(self, run_id: str) -> Json | None:
        try:
            return await self._upstream.retrieve_run(
                self._run.thread_id, run_id, self._run.assistant_id
            )
        except UpstreamLost:
            return None
        except UpstreamRefused as error:
            if error.upstream_status == 429 or error.upstream_status >= 500:  # noqa: PLR2004
                return None
            lost = f"the upstream's answer broke off, and the run is not to be had: {error}"
            raise UpstreamLost(lost) from None

    async def _give_messages(self) -> None:
        try:
            messages = await self._upstream.run_messages(self._run.told())
        except RelayError as error:
            logger.warning("run %s: its messages could not be fetched: %s", self._run.id, error)
            return
        frames = [relay_frame("relay.message", message) for message in messages]
        await self._feed.publish(frames, self._run.id)
