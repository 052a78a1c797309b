"""A run's turn: the run, and all that is needed to drive it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ..feed import Feed
from ..frames import relay_frame
from ..measures import Measures
from ..recording import Recorder
from ..settings import Settings
from ..snapshot import Seen
from ..upstreams import Dialect, Json, Upstream
from .book import Book
from .ended import tell_end
from .messages import Messages
from .run import Run, Span


def _new_future() -> asyncio.Future[Span | None]:
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turn:
    run: Run
    feed: Feed
    upstream: Upstream
    dialect: Dialect
    settings: Settings
    measures: Measures
    # What whoever watches the thread has seen of it.
    see: Callable[[], Awaitable[Seen]]
    messages: Messages
    # Where runs are noted that must outlive the process.
    book: Book
    recorder: Recorder | None = None
    # Set when the upstream's id of the run is known, without which it cannot be cancelled.
    is_known: asyncio.Event = field(default_factory=asyncio.Event)
    # Done once the upstream has accepted the start, with the stream that it began (None if the run
    # ended without one), or with what it raised.
    accepted: asyncio.Future[Span | None] = field(default_factory=_new_future)

    def hear(self, told: Json) -> None:
        """What the upstream says about the run."""
        if self.run.hear(told):
            self.is_known.set()

    def accept(self, span: Span | None) -> None:
        if not self.accepted.done():
            self.accepted.set_result(span)

    def refuse(self, error: Exception) -> None:
        if not self.accepted.done():
            self.accepted.set_exception(error)
            # A queued run may have nobody who looks at it.
            self.accepted.exception()

    async def set_status(self, status: str) -> None:
        """Each change of a run's status is a frame; the terminal one is its last."""
        run, log = self.run, self.feed.log
        run.status = status
        if run.start is None:
            run.start = log.last
        if status == "queued":
            run.times.wait()
        if run.is_terminal:
            run.ended_at = log.last + 1
            run.is_over = self.upstream.keeps_runs
        note = run.to_note() if self.book.is_durable else None
        await self.feed.publish([relay_frame("relay.run", run.to_json())], run.id, note)
        if run.is_terminal:
            self.end()

    def end(self) -> None:
        """The run's last frame is kept: nobody waits for it any longer."""
        self.run.is_told = True
        self.feed.release(self.run.id)
        self.accept(None)
        tell_end(self.run, self.measures)
