"""The runs of a thread as they are noted, and whether they are this relay's to drive."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from ..errors import ClaimLost, NotFound, StoreFailed
from ..logs import Note, Store
from ..upstreams import Json
from .run import Run

# Runs that a thread that is never idle remembers; older ones are forgotten.
_MAX_RUNS = 1000

# The note of a message that is being added stands among those of the runs: what is not over is
# looked after by whichever relay is there.
_ADDING = "adding"


class Book:
    __slots__ = (
        "_is_owned", "_key_ttl_seconds", "_notes", "_owning", "_runs", "_store", "_take_over",
        "_thread_id", "adding", "is_durable",
    )  # fmt: skip

    def __init__(
        self,
        thread_id: str,
        store: Store,
        take_over: Callable[[Sequence[Run]], None],
        key_ttl_seconds: float,
    ) -> None:
        """`take_over` is given the runs that another process has left, once they are ours."""
        self._key_ttl_seconds = key_ttl_seconds
        self._thread_id = thread_id
        self._store = store
        self._take_over = take_over
        # Whether runs outlive the process: then they are noted.
        self.is_durable = store.is_durable
        self._notes = store.notes("runs")
        # Oldest first.  A list, since nearly all are short.
        self._runs: list[Run] = []
        # The message that is being added, or of which it is not known whether it was: its `body`,
        # and when it was to be added (`at`, in seconds since 1970).
        self.adding: Note | None = None
        self._is_owned = not store.is_durable
        self._owning = asyncio.Lock()

    def runs(self) -> list[Run]:
        """Newest first; a run that is about to start, or was refused, is none yet."""
        return [run for run in reversed(self._runs) if run.start is not None]

    def run(self, run_id: str) -> Run:
        """By the relay's id or any of the upstream's.  Raises NotFound."""
        for run in self.runs():
            if run.is_called(run_id):
                return run
        raise NotFound(f"no run {run_id} on thread {self._thread_id}", param="run_id")

    @property
    def active_run(self) -> Run | None:
        """The one in progress, once it has a frame, whichever relay drives it."""
        return next((run for run in self.runs() if run.has_begun and not run.is_terminal), None)

    def started_under(self, key: str) -> Run | None:
        """The run that was started under an Idempotency-Key, as long as that counts."""
        oldest = time.time() - self._key_ttl_seconds
        started = (run for run in self._runs if run.key == key)
        return next((run for run in started if run.created_at >= oldest), None)

    def remember(self, run: Run) -> None:
        if run not in self._runs:
            self._runs.append(run)
        del self._runs[:-_MAX_RUNS]

    def forget(self, run: Run) -> None:
        if run in self._runs:
            self._runs.remove(run)

    async def own(self) -> None:
        """Take the thread, if it is not this relay's yet, and go on with the runs that it has.

        Raises ClaimLost if another relay has it.
        """
        async with self._owning:
            if self._is_owned:
                return
            await self._claim()
            try:
                await self._load()
            except StoreFailed:
                # Else its runs would be this relay's, and nobody's.
                with suppress(StoreFailed):
                    await self._store.release(self._thread_id)
                raise
            self._is_owned = True
            self._take_over([run for run in self._runs if not run.is_terminal])

    @property
    def may_be_left(self) -> bool:
        """Whether it is this relay's, and another one could have it."""
        return self._is_owned and self.is_durable

    async def note(self, run: Run) -> None:
        """Before something that must not be done twice, whatever happens to this process.

        Raises ClaimLost if another relay has taken the thread, while this one stood still.
        """
        if self.is_durable:
            await self._claim()
            await self._notes.put(self._thread_id, [run.to_note()])

    async def note_over(self, has_noted: Callable[[int], bool]) -> None:
        """Of those whose last frame stands where that says so all is kept that only we know."""
        ended = [
            run
            for run in self._runs
            if run.is_told and not run.is_over and has_noted(run.ended_at or 0)
        ]
        if ended and self.may_be_left:
            for run in ended:
                run.is_over = True
            await self._notes.put(self._thread_id, [run.to_note() for run in ended])

    async def note_adding(self, body: Json | None) -> None:
        """The same before a message is added; None once that is done with."""
        note = self.adding_note(body)
        if self.is_durable:
            await self._claim()
            await self._notes.put(self._thread_id, [note])
        self.adding = None if body is None else note

    def adding_note(self, body: Json | None) -> Note:
        return {"id": _ADDING, "is_over": body is None, "body": body, "at": time.time()}

    async def unnote(self, run: Run) -> None:
        """The run is none after all."""
        if self.is_durable:
            await self._notes.put(self._thread_id, [{"id": run.id, "is_over": True}])

    async def disown(self) -> None:
        """Let another relay have it, for as long as nothing is done with it here."""
        async with self._owning:
            if self.may_be_left:
                self._is_owned = False
                try:
                    await self._store.release(self._thread_id)
                except StoreFailed:
                    # Else it would be this relay's, and nobody's.
                    self._is_owned = True
                    raise

    def lose(self) -> None:
        """Another relay has taken it."""
        self._is_owned = not self.is_durable

    async def refresh(self) -> Sequence[Run]:
        """See the runs as they are, if another relay may drive them: those that have ended."""
        before = {run.id for run in self._runs if not run.is_terminal}
        # Not beside `own`: what was read before that would undo what has begun since.
        async with self._owning:
            if not self._is_owned:
                await self._load()
        return [run for run in self._runs if run.is_terminal and run.id in before]

    async def _claim(self) -> None:
        if not await self._store.claim(self._thread_id):
            raise ClaimLost(f"another relay has thread {self._thread_id}")

    async def _load(self) -> None:
        """Runs stay the objects that they are: whoever follows one looks at it."""
        notes = await self._notes.read(self._thread_id)
        known = {run.id: run for run in self._runs}
        told = [Run.from_note(note) for note in notes if "run" in note]
        self._runs = [known.get(run.id, run).become(run) for run in told]
        adding = (note for note in notes if note["id"] == _ADDING and not note["is_over"])
        self.adding = next(adding, None)
