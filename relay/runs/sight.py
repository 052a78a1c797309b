"""What has been seen of a thread, and what is noted of that before its log is forgotten."""

from collections.abc import Sequence

from ..feed import Feed
from ..logs import Notes
from ..notes import noted, recalled
from ..snapshot import Seen, Watch
from ..upstreams import Json


class Sight:
    __slots__ = ("_feed", "_keeps_runs", "_noted", "_notes", "_thread_id", "_watch")

    def __init__(self, thread_id: str, feed: Feed, notes: Notes, *, keeps_runs: bool) -> None:
        """`notes` are of what the upstream does not keep; it keeps all if it keeps runs."""
        self._thread_id = thread_id
        self._feed = feed
        self._notes = notes
        self._keeps_runs = keeps_runs
        # Up to where in the log it is noted.
        self._noted = 0
        # Made when somebody asks: of nearly all threads nobody does.
        self._watch: Watch | None = None
        # What is trimmed has been seen before, so that a snapshot stays whole.
        feed.before_trim = self.see_up_to

    async def see(self) -> Seen:
        return await self._watching().see()

    async def see_up_to(self, position: int) -> None:
        await self._watching().see_up_to(position)

    async def note(self) -> None:
        """What only the relay knows of the messages; it is read again when somebody asks."""
        if not self._keeps_runs and not self.has_noted(self._feed.log.last):
            seen = await self.see()
            await self._notes.put(self._thread_id, noted(seen))
            # What is in the log may not have arrived here yet.
            self._noted, self._watch = seen.cursor.position, None

    def has_noted(self, position: int) -> bool:
        """Whether what stands there has been noted, or is no more."""
        log = self._feed.log
        return position <= max(self._noted, log.trimmed) or position > log.last

    def _watching(self) -> Watch:
        if self._watch is None:
            self._watch = Watch(self._feed, self._recall)
        return self._watch

    async def _recall(self) -> Sequence[Json]:
        return recalled(await self._notes.read(self._thread_id))
