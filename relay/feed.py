"""The feed of a thread: what is appended to its log reaches whoever follows, in the log's order."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from .audience import Audience, Follower
from .errors import ClaimLost, StoreFailed
from .frames import Frame
from .logs import Block, Cursor, Log, Note, Store

_logger = logging.getLogger(__name__)

# Of nearly all threads nobody follows a single run.
_NOBODY: Mapping[str, Audience] = {}

_TOLD = b"\nevent: relay.run\n"


class Feed:
    __slots__ = (
        "_all", "_change", "_newest", "_of_runs", "_run_told", "_store", "_thread_id",
        "before_trim", "connections", "is_closed", "log", "position", "publish_now",
    )  # fmt: skip

    # Once it has been opened.
    log: Log
    # `publish` at once.  False where something has to be waited for: then nothing is sent.
    publish_now: Callable[[Sequence[Frame], str], bool]

    def __init__(self, run_told: Callable[[], None] | None = None) -> None:
        """`run_told` is called when the relay that drives the thread has told of a run."""
        # Awaited before the log is trimmed up to a position.
        self.before_trim: Callable[[int], Awaitable[None]] | None = None
        self._run_told = run_told
        # The position of the newest frame that has been sent to the live followers, and of the
        # newest one that is known to be in the log.
        self.position = self._newest = 0
        # Those who hear all, and under the id of a run those who hear only that.
        self._all = Audience()
        self._of_runs: Mapping[str, Audience] = _NOBODY
        # Done with whatever happens next; None while nobody waits for that.
        self._change: asyncio.Future[None] | None = None
        # How many connections follow, live or from the log.
        self.connections = 0
        # Set at shutdown: connections end instead of going live.
        self.is_closed = False

    async def open(self, store: Store, thread_id: str) -> None:
        """Find the thread's log.  Raises StoreFailed."""
        self._store, self._thread_id = store, thread_id
        self.log = await store.open(thread_id, self._arrived, self._lost)
        self.publish_now = self.log.append_now
        self.position = self._newest = max(self.position, self.log.last)

    async def look_for(self, cursor: Cursor) -> None:
        """Another relay may have told of a position that has not arrived here yet."""
        if cursor.position > max(self.log.last, self._newest) and self._store.is_durable:
            newest = await self._store.cursor(self._thread_id)
            self._newest = newest.position if newest.incarnation == self.log.incarnation else 0

    @property
    def last_sent(self) -> float:
        """When a sweep last saw that anything was sent, in monotonic seconds."""
        return self._all.heard_at

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.log.incarnation, self.position)

    async def publish(
        self, frames: Sequence[Frame], run_id: str | None = None, run: Note | None = None
    ) -> Block:
        """Append, then send.  Every follower that is live gets the very same bytes.

        `run` is noted with them.  What was appended is given back: by then others may have
        published more.  Raises StoreFailed and ClaimLost; then nothing is sent.
        """
        if not frames:
            return Block(b"", self.position)
        block = await self.log.append(frames, run_id, run)
        if self.log.is_over():
            await self._trim()
        return block

    async def _trim(self) -> None:
        try:
            end = await self.log.excess()
            if self.before_trim is not None:
                await self.before_trim(end)
            await self.log.trim(end)
        except (StoreFailed, ClaimLost) as error:
            # What was appended is kept; the next one trims.
            _logger.warning("the log of thread %s is not trimmed: %s", self._thread_id, error)

    async def changed(self, limit_seconds: float) -> bool:
        """Wait until something has been published, or somebody has nudged; False if nothing was."""
        if self._change is None:
            self._change = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(limit_seconds):
                # Whoever gives up does not give up for all.
                await asyncio.shield(self._change)
        except TimeoutError:
            return False
        return True

    def nudge(self) -> None:
        """Let those who wait for a change look again."""
        if self._change is not None:
            self._change.set_result(None)
            self._change = None

    def sweep(self, ping_seconds: float) -> None:
        """Break the silence of so many seconds; a ping has no id and no place in the log.

        Whoever has gone is let go: a transport may take writes for ever and say nothing.
        """
        now = time.monotonic()
        for audience in (self._all, *self._of_runs.values()):
            audience.sweep(self.position, now, ping_seconds)

    def join(self, follower: Follower, position: int) -> bool:
        """Go live, if nothing has passed beyond `position` meanwhile."""
        if position < self.position:
            return False
        if follower.run_id is not None and follower.run_id not in self._of_runs:
            self._of_runs = {**self._of_runs, follower.run_id: Audience()}
        self._audience(follower.run_id).join(follower)
        return True

    def leave(self, follower: Follower) -> None:
        self._audience(follower.run_id).leave(follower, self.position)

    def release(self, run_id: str | None = None) -> None:
        """Let followers go live no longer: those of a run, which has ended, or all."""
        for wanted in [run_id] if run_id is not None else [None, *self._of_runs]:
            self._audience(wanted).release(self.position)
        left = {one: audience for one, audience in self._of_runs.items() if not audience.is_empty}
        self._of_runs = left or _NOBODY

    def _audience(self, run_id: str | None) -> Audience:
        """Nobody's, once its run has been released."""
        return self._all if run_id is None else self._of_runs.get(run_id) or Audience()

    def close(self) -> None:
        """Let everybody go, once they have what is in the log."""
        self.is_closed = True
        self.release()
        self.nudge()

    def gap(self, cursor: Cursor) -> str | None:
        """Why the log cannot go on from a cursor; None if it can."""
        newest = max(self.log.last, self._newest)
        if cursor.incarnation != self.log.incarnation or cursor.position > newest:
            return "unknown"
        return "trimmed" if cursor.position < self.log.trimmed else None

    def _lost(self) -> None:
        """Some is gone for good: those who are live look at the log, and see the gap."""
        self.release()
        self.position = self._newest = max(self.position, self.log.trimmed)
        self.nudge()

    def _arrived(self, block: Block, run_id: str | None) -> None:
        """What is in the log now is sent to whoever is live."""
        data, position = block
        self.position = position
        self._all.send(data, position)
        if run_id is not None and run_id in self._of_runs:
            self._of_runs[run_id].send(data, position)
        # `find` costs a third of `in`, which takes what it looks for to be a number at first.
        if self._run_told is not None and data.find(_TOLD) >= 0:
            self._run_told()
        if self._change is not None:
            self.nudge()
