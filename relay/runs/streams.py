"""The upstream streams of one run: each is copied into the log, and a broken one is resumed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ..errors import UpstreamLost, UpstreamRefused
from ..upstreams import Stream
from .limit import Limit
from .pump import Pump
from .run import Span
from .turn import Turn
from .waits import waits

logger = logging.getLogger(__name__)


class Streams:
    def __init__(self, turn: Turn, limit: Limit) -> None:
        self._run = turn.run
        self._feed = turn.feed
        self._upstream = turn.upstream
        self._measures = turn.measures
        self._resume_seconds = turn.settings.settle_seconds
        self._limit = limit
        self._pump = Pump(turn, limit)

    @property
    def heard(self) -> str | None:
        """The status that ends the stream, if one was heard."""
        return self._pump.heard

    @property
    def is_named(self) -> bool:
        """Whether it is known what to ask the upstream for."""
        if self._upstream.keeps_runs:
            return self._run.upstream_id is not None
        return self._pump.is_named

    async def relay(
        self,
        stream: Stream,
        begun: Callable[[], Awaitable[None]],
        accept: Callable[[Span], None],
    ) -> None:
        """Copy one upstream stream.

        `begun` and then `accept` are called once the upstream has begun it: what is raised until
        then is for whoever asked, what happens later shows when the run is settled.
        Raises FrameTooLarge.
        """
        self._pump.begin()

        async def begin() -> Span:
            await begun()
            span = self._run.spans[-1]
            accept(span)
            return span

        await self._copy(stream, begin)

    async def recall(self) -> None:
        """Hear once more what the log has of the run: what was heard was lost with a process."""
        log = self._feed.log
        position = max(self._run.start or 0, log.trimmed)
        while True:
            block = await log.read(position, self._run.id)
            if block.data:
                self._pump.recall(block.data)
                position = block.last
            elif position < log.trimmed:
                position = log.trimmed
            else:
                break
        for span in self._run.spans[-1:]:
            # What is left of its last stream is another one to whoever it was passed on to.
            span.last = log.last if span.last is None else span.last
        self._run.spans.append(Span(start=log.last))

    async def resume(self) -> None:
        """Go on with the stream where it broke, as often as it breaks.

        Returns once it has ended properly, or where it is not to be had: then the upstream is to be
        asked.  Raises FrameTooLarge.
        """
        pauses = waits(self._resume_seconds)
        while self.heard is None and not self._limit.is_last:
            number = self._pump.number
            is_hopeful = await self._resume_once(number)
            if self._pump.number != number:
                pauses = waits(self._resume_seconds)
            elif not is_hopeful:
                return
            if self.heard is None:
                pause = next(pauses, None)
                if pause is None:
                    return
                await asyncio.sleep(pause)

    async def _resume_once(self, number: int | None) -> bool:
        """Whether another try may bring more, should this one have brought nothing."""
        stream = None if number is None else self._upstream.resume_run(self._run.told(), number)
        if stream is None:
            return False
        try:
            return not await self._copy(stream, self._again, after=number)
        except UpstreamLost:
            return True
        except UpstreamRefused as refusal:
            return refusal.is_passing

    async def _again(self) -> Span:
        self._measures.streams_resumed += 1
        return self._run.spans[-1]

    async def _copy(
        self, stream: Stream, begin: Callable[[], Awaitable[Span]], after: int | None = None
    ) -> bool:
        """Whether it came to its own end."""
        span: Span | None = None
        try:
            async with self._limit.of(None), stream as chunks:
                span = await begin()
                await self._pump.copy(chunks, after)
        except TimeoutError:
            # Its end did not follow the terminal event, or a cancelled run did not end.
            logger.info("run %s: its stream was left open by the upstream", self._run.id)
        except UpstreamLost as error:
            if span is None:
                raise
            logger.warning("run %s: %s", self._run.id, error)
            return False
        finally:
            if span is not None:
                span.last = self._feed.log.last
                span.is_whole = self.heard is not None
                self._feed.nudge()
        return True
