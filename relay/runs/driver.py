"""Drives one run: from its start through all its upstream streams to its terminal frame."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from ..errors import FrameTooLarge, RelayError, UpstreamLost
from ..frames import relay_frame
from ..snapshot import TERMINAL
from ..upstreams import Json, Start, Stream
from .limit import Limit
from .pump import Pump
from .run import Span, error_of
from .settling import Settling
from .tool_outputs import Handover, Submission
from .turn import Turn

logger = logging.getLogger(__name__)


class Driver:
    """Owns a run while it is active: `drive` is its task; `cancel` and `submit` are for others."""

    def __init__(self, turn: Turn) -> None:
        self.run = turn.run
        self._turn = turn
        self._settings = turn.settings
        self._limit = Limit()
        self._pump = Pump(turn, self._limit)
        self._settling = Settling(turn)
        self._handover = Handover(turn.run)
        # How many of the additional messages are in the thread.
        self._added = 0
        self._is_cancelling = False
        self._canceller: asyncio.Task[None] | None = None

    async def drive(self) -> None:
        """Ends in exactly one terminal frame, if the run has any frame, whatever happens."""
        try:
            status = await self._start()
            while status == "requires_action":
                status = await self._go_on()
            await self._end(status)
        except asyncio.CancelledError:
            await self._fail(
                "relay_shutdown", "the relay was stopped in mid-run: reload the thread"
            )
            raise
        except RelayError as error:
            await self._refuse(error)
        except Exception:
            logger.exception("run %s could not be driven", self.run.id)
            await self._refuse(RelayError("the relay failed"))
        finally:
            await self._leave()

    async def submit(self, outputs: Sequence[Json]) -> Span | None:
        """Go on after `requires_action`; see `Handover.submit`."""
        return await self._handover.submit(outputs)

    async def cancel(self) -> None:
        """Stop the run; calling it again changes nothing."""
        if self._is_cancelling or self.run.is_terminal:
            return
        self._is_cancelling = True
        self._limit.call_last(self._settings.cancel_seconds)
        # A run that the upstream has not accepted yet is stopped as soon as it has.
        if self._turn.accepted.done():
            await self._stop()

    async def _start(self) -> str:
        """Add the messages, start the run, relay its first stream; the status it is in then."""
        run, upstream = self.run, self._turn.upstream
        try:
            async with self._limit.of(None):
                await self._add_messages()
        except TimeoutError:
            logger.info("run %s was cancelled while a message was added", run.id)
        if self._is_cancelling:
            return "cancelled"
        start = Start(
            thread_id=run.thread_id,
            assistant_id=run.assistant_id,
            metadata=run.metadata,
            run_id=run.id,
            created_at=run.created_at,
        )
        try:
            await self._relay(upstream.start_run(start), self._turn.accept)
        except UpstreamLost as error:
            if not error.unknown:
                raise
            await self._fail("start_unknown", f"whether the run was started is unknown: {error}")
        return await self._settle()

    async def _add_messages(self) -> None:
        run = self.run
        async with self._turn.adding:
            # A message that is being added stands before the run, for followers too.
            pass
        for body in self._turn.additional_messages:
            if self._is_cancelling:
                break
            message = await self._turn.upstream.create_message(run.thread_id, body)
            self._added += 1
            await self._turn.feed.publish([relay_frame("relay.message", message)])

    async def _relay(self, stream: Stream, accept: Callable[[Span], None]) -> None:
        """Copy one upstream stream.

        `accept` is called once the upstream has begun it: what is raised until then is for whoever
        asked, what happens later shows when the run is settled.
        """
        span: Span | None = None
        self._pump.heard = None
        try:
            async with self._limit.of(None), stream as chunks:
                span = await self._begin(accept)
                await self._pump.copy(chunks)
        except TimeoutError:
            # Its end did not follow the terminal event, or a cancelled run did not end.
            logger.info("run %s: its stream was left open by the upstream", self.run.id)
        except FrameTooLarge as error:
            await self._give_up()
            await self._fail(str(error.code), str(error))
        except UpstreamLost as error:
            if span is None:
                raise
            logger.warning("run %s: %s", self.run.id, error)
        finally:
            if span is not None:
                span.last = self._turn.feed.position
                span.is_whole = self._pump.heard is not None
                self._turn.feed.nudge()

    async def _begin(self, accept: Callable[[Span], None]) -> Span:
        self.run.required_action = None
        if self.run.status != "cancelling":
            await self._turn.set_status("in_progress")
        span = Span(start=self._turn.feed.position)
        self.run.spans.append(span)
        accept(span)
        if self._is_cancelling:
            await self._stop()
        return span

    async def _settle(self) -> str:
        """The status that the run is in once a stream has ended."""
        heard = self.run.status if self.run.is_terminal else self._pump.heard
        if heard in TERMINAL or (heard == "requires_action" and not self._is_cancelling):
            return heard
        try:
            async with self._limit.of(self._settings.settle_seconds):
                return await self._settling.ask(lambda: self._is_cancelling)
        except (TimeoutError, UpstreamLost) as error:
            if self._is_cancelling:
                return "cancelled"
            message = str(error) or "the upstream's answer broke off"
            self.run.last_error = error_of("upstream_lost", message)
            return "failed"

    async def _go_on(self) -> str:
        """Wait for tool outputs, relay what follows them; the status that the run is in then."""
        deadline = asyncio.get_running_loop().time() + self._settings.action_timeout
        await self._turn.set_status("requires_action")
        while not self._is_cancelling:
            try:
                async with asyncio.timeout_at(deadline):
                    submission = await self._handover.wait()
            except TimeoutError:
                return await self._expire()
            if submission is None or await self._hand_over(submission):
                break
        return await self._settle()

    async def _expire(self) -> str:
        """Cancelling closes the open calls upstream."""
        await self._give_up()
        return "expired"

    async def _give_up(self) -> None:
        """End the run upstream; the thread is usable once that is done."""
        await self._cancel_upstream()
        try:
            async with self._limit.of(self._settings.cancel_seconds):
                await self._settling.ask(lambda: True)
        except (TimeoutError, UpstreamLost):
            logger.warning("run %s has been given up, but goes on upstream", self.run.id)

    async def _hand_over(self, submission: Submission) -> bool:
        """False if the upstream refused the outputs: the run goes on waiting."""
        stream = self._turn.upstream.submit_tool_outputs(self.run.told(), submission.outputs)
        try:
            await self._relay(stream, submission.accept)
        except RelayError as error:
            if not (isinstance(error, UpstreamLost) and error.unknown):
                submission.refuse(error)
                return False
            # Perhaps they were taken: asking the upstream for the run will tell.
            submission.accept(None)
        return True

    async def _stop(self) -> None:
        """Tell followers and the upstream, once."""
        if self._canceller is None:
            self._canceller = asyncio.create_task(self._cancel_when_known())
            await self._turn.set_status("cancelling")
            self._handover.wake()

    async def _cancel_when_known(self) -> None:
        await self.run.is_known.wait()
        await self._cancel_upstream()

    async def _cancel_upstream(self) -> None:
        if self.run.upstream_id is None:
            return
        try:
            async with asyncio.timeout(self._settings.cancel_seconds):
                await self._turn.upstream.cancel_run(self.run.thread_id, self.run.upstream_id)
        except (RelayError, TimeoutError) as error:
            logger.warning("run %s could not be cancelled upstream: %s", self.run.id, error)

    async def _refuse(self, error: RelayError) -> None:
        """A start that was refused leaves no run, unless followers know of it already."""
        if self._added and not self._turn.accepted.done():
            error.add_note("the additional messages before it were added")
        self._turn.refuse(error)
        if self.run.start is not None:
            told = error.to_json()["error"]
            await self._fail(told["code"] or "refused", told["message"])

    async def _fail(self, code: str, message: str) -> None:
        if not self.run.is_terminal:
            self.run.last_error = error_of(code, message)
            await self._end("failed")

    async def _end(self, status: str) -> None:
        if not self.run.is_terminal:
            self.run.required_action = None
            await self._turn.set_status(status)

    async def _leave(self) -> None:
        if self._canceller:
            self._canceller.cancel()
        self._handover.close()
        if self._turn.recorder:
            await self._turn.recorder.finish(self.run.to_json())
