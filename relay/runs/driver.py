"""Drives one run: from its start through all its upstream streams to its terminal frame."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress

from ..errors import ClaimLost, FrameTooLarge, RelayError, StoreFailed, UpstreamLost
from ..snapshot import TERMINAL
from ..upstreams import Json, Start
from .adding import Adding
from .ending import Ending
from .limit import Limit
from .run import Span, error_of
from .streams import Streams
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
        # None of these knows this one: else it would be kept until somebody looks for cycles.
        self._streams = Streams(turn, self._limit)
        self._ending = Ending(turn, self._limit, self._streams)
        self._handover = Handover(turn.run)
        self._adding = Adding(turn, self._limit, self._ending)
        self._canceller: asyncio.Task[None] | None = None
        # Whether another relay drives the run by now.
        self.is_lost = False
        # Whether another process has told already that the run waits for outputs.
        self._is_told = False

    async def drive(self) -> None:
        """Ends in exactly one terminal frame, if the run has any frame, whatever happens."""
        try:
            status = await (self._recover() if self.run.has_begun else self._start())
            while status == "requires_action":
                status = await self._go_on()
            await self._end(status)
        except asyncio.CancelledError:
            await self._shut_down()
            raise
        except ClaimLost as error:
            self.is_lost = True
            self._turn.refuse(error)
            logger.warning("run %s: another relay has the thread", self.run.id)
        except RelayError as error:
            await self._break_off(error)
        except Exception:
            logger.exception("run %s could not be driven", self.run.id)
            await self._refuse(RelayError("the relay failed"))
        finally:
            await self._leave()

    async def accepted(self) -> None:
        """Once the upstream has accepted it; raises what that raised."""
        await asyncio.shield(self._turn.accepted)

    async def submit(self, outputs: Sequence[Json]) -> Span | None:
        """Go on after `requires_action`; see `Handover.submit`."""
        return await self._handover.submit(outputs)

    async def cancel(self) -> None:
        """Stop the run; calling it again changes nothing."""
        if self._ending.is_cancelling or self.run.is_terminal:
            return
        self._ending.is_cancelling = True
        upstream = self._turn.upstream
        # A run that lives by its stream is stopped by leaving that.
        self._limit.call_last(self._settings.cancel_seconds if upstream.outlives_streams else 0)
        # A run that the upstream has not accepted yet is stopped as soon as it has.
        if self._turn.accepted.done():
            await self._stop()

    async def _start(self) -> str:
        """Add the messages, start the run, relay its first stream; the status it is in then."""
        run, upstream = self.run, self._turn.upstream
        run.has_begun = True
        run.times.begin()
        await self._turn.book.note(run)
        await self._adding.add()
        if self._ending.is_cancelling:
            return "cancelled"
        start = Start(
            thread_id=run.thread_id, assistant_id=run.assistant_id, metadata=run.metadata,
            run_id=run.id, created_at=run.created_at,
        )  # fmt: skip
        try:
            await self._streams.relay(upstream.start_run(start), self._begun, self._turn.accept)
        except UpstreamLost as error:
            if not error.unknown:
                raise
            await self._fail("start_unknown", f"whether the run was started is unknown: {error}")
        return await self._settle()

    async def _recover(self) -> str:
        """Go on with a run that another process has left; the status that it is in then."""
        run = self.run
        self._turn.accept(None)
        if run.status in {"starting", "queued"} or run.submitting:
            await self._fail("start_unknown", "the relay was stopped before the upstream answered")
        elif run.status != "requires_action":
            await self._streams.recall()
            if run.status == "cancelling":
                await self.cancel()
            if self._ending.is_cancelling:
                # Perhaps that was asked before this task had begun.
                await self._stop()
            return await self._settle()
        self._is_told = run.status == "requires_action"
        return run.status

    async def _begun(self) -> None:
        """The upstream has accepted a stream."""
        is_told = self.run.status != "cancelling"
        # Beyond the frame that tells of it.
        self.run.begin_stream(self._turn.feed.log.last + is_told)
        if is_told:
            await self._turn.set_status("in_progress")
        if self._ending.is_cancelling:
            await self._stop()

    async def _settle(self) -> str:
        """The status that the run is in once a stream has ended."""
        if self.run.is_terminal:
            return self.run.status
        if self._streams.is_named and self._turn.upstream.outlives_streams:
            await self._streams.resume()
        heard = self._streams.heard
        if heard in TERMINAL or (heard == "requires_action" and not self._ending.is_cancelling):
            return heard
        if heard == "requires_action" and not self._turn.upstream.keeps_runs:
            return await self._ending.withdraw()
        return await self._ending.ask()

    async def _go_on(self) -> str:
        """Wait for tool outputs, relay what follows them; the status that the run is in then."""
        deadline = asyncio.get_running_loop().time() + await self._wait_begun()
        while not self._ending.is_cancelling:
            try:
                async with asyncio.timeout_at(deadline):
                    submission = await self._handover.wait()
            except TimeoutError:
                return await self._ending.expire()
            if submission is not None and await self._hand_over(submission):
                return await self._settle()
        return await self._ending.withdraw()

    async def _wait_begun(self) -> float:
        """How many seconds it may wait for outputs; less if another process has begun to wait."""
        run = self.run
        is_told, self._is_told = self._is_told, False
        if not is_told or run.expires_at is None:
            run.expires_at = time.time() + self._settings.action_timeout
            await self._ending.keep()
            await self._turn.set_status("requires_action")
        return max(0.0, run.expires_at - time.time())

    async def _hand_over(self, submission: Submission) -> bool:
        """False if the upstream refused the outputs: the run goes on waiting."""
        try:
            await self._note_submitting(sorted(submission.calls))
        except StoreFailed as error:
            submission.refuse(error)
            return False
        stream = self._turn.upstream.submit_tool_outputs(self.run.told(), submission.outputs)
        try:
            await self._streams.relay(stream, self._begun, submission.accept)
        except (FrameTooLarge, StoreFailed, ClaimLost):
            raise
        except RelayError as error:
            if not (isinstance(error, UpstreamLost) and error.unknown):
                submission.refuse(error)
                await self._note_submitting(())
                return False
            # Perhaps they were taken: asking the upstream for the run will tell.
            submission.accept(None)
        return True

    async def _note_submitting(self, calls: Sequence[str]) -> None:
        self.run.submitting = calls
        await self._turn.book.note(self.run)

    async def _stop(self) -> None:
        """Tell followers and the upstream, once."""
        if self._canceller is None:
            self._canceller = asyncio.create_task(self._cancel_when_known())
            await self._turn.set_status("cancelling")
            self._handover.wake()

    async def _cancel_when_known(self) -> None:
        await self._turn.is_known.wait()
        await self._ending.cancel_upstream()

    async def _break_off(self, error: RelayError) -> None:
        """What cannot be kept cannot go on: it is ended upstream too."""
        if self.run.start is not None and isinstance(error, FrameTooLarge | StoreFailed):
            self._turn.refuse(error)
            await self._ending.give_up()
        await self._refuse(error)

    async def _refuse(self, error: RelayError) -> None:
        """A start that was refused leaves no run, unless followers know of it already."""
        if self._adding.count and not self._turn.accepted.done():
            error.add_note("the additional messages before it were added")
        if self.run.start is None:
            with suppress(StoreFailed):
                await self._turn.book.unnote(self.run)
        self._turn.refuse(error)
        if self.run.start is not None:
            told = error.to_json()["error"]
            await self._fail(told["code"] or "refused", told["message"])

    async def _fail(self, code: str, message: str) -> None:
        if not self.run.is_terminal:
            self.run.last_error = error_of(code, message)
            await self._end("failed")

    async def _shut_down(self) -> None:
        if self._turn.book.is_durable and self._turn.upstream.outlives_streams:
            # Another process goes on with it.
            return
        if self.run.status == "requires_action":
            await self._ending.close_calls("The relay was stopped before there was an output.")
        await self._fail("relay_shutdown", "the relay was stopped in mid-run: reload the thread")

    async def _end(self, status: str) -> None:
        if not self.run.is_terminal:
            await self._ending.keep()
            self.run.required_action = None
            await self._ending.close_left(status)
            await self._ending.say_last(status)

    async def _leave(self) -> None:
        if self._canceller:
            self._canceller.cancel()
        self._handover.close()
        if self._turn.recorder:
            await self._turn.recorder.finish(self.run.to_json())
