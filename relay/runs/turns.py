"""What the turns of a thread's runs have in common."""

from collections.abc import Collection
from dataclasses import dataclass

from ..feed import Feed
from ..masking import Mask
from ..measures import Measures
from ..recording import Recorder
from ..settings import Settings
from ..upstreams import Upstream
from .book import Book
from .messages import Messages
from .run import Run
from .sight import Sight
from .turn import Turn


def rank_in(queue: Collection[Turn], *, is_first: bool) -> int:
    """The rank of another one: before all that wait, or behind them."""
    ranks = [turn.run.rank for turn in queue] or [0]
    return min(ranks) - 1 if is_first else max(ranks) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    feed: Feed
    sight: Sight
    upstream: Upstream
    settings: Settings
    measures: Measures
    book: Book
    messages: Messages

    def of(self, run: Run) -> Turn:
        turn = Turn(
            run=run,
            feed=self.feed,
            upstream=self.upstream,
            dialect=self.upstream.dialect(run.assistant_id),
            settings=self.settings,
            measures=self.measures,
            see=self.sight.see,
            messages=self.messages,
            book=self.book,
            # Of a run that another process began, that one has the beginning.
            recorder=None if run.has_begun else self._recorder(run),
        )
        if run.upstream_ids:
            turn.is_known.set()
        return turn

    def _recorder(self, run: Run) -> Recorder | None:
        if self.settings.record is None:
            return None
        about = {
            "upstream": self.settings.upstream,
            "thread_id": run.thread_id,
            "assistant_id": run.assistant_id,
            "run_id": run.id,
        }
        return Recorder(self.settings.record, about, Mask(self.settings).masked)
