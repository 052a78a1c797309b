"""What is counted while the relay works: plain numbers, which cost next to nothing to change.

Only what is rare is counted where it happens; all else is looked up when somebody asks.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

_FIRST_EVENT_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0)
_APPEND_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Histogram:
    """How many values were at most each of some bounds."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        # One for each bound, not counting those of smaller ones; the last is for what is larger.
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Appends:
    """What one relay has put into the logs of a store where that takes time."""

    __slots__ = ("frames", "seconds")

    def __init__(self) -> None:
        self.frames = 0
        # How long each append took until it was kept.
        self.seconds = Histogram(_APPEND_SECONDS)

    def add(self, frames: int, seconds: float) -> None:
        self.frames += frames
        self.seconds.add(seconds)


class Lag(NamedTuple):
    """How far a follower is behind: frames that it has not been sent, bytes that it has not read"""

    events: int
    size: int


class Follows(Protocol):
    def lag(self) -> Lag: ...


@dataclass(slots=True)
class Measures:
    """Of one relay since it was started."""

    # By the status in which they ended; those that this relay drove.
    runs_ended: Counter[str] = field(default_factory=Counter)
    # From the POST of a run, or from its turn if it had to wait, to the upstream's first event.
    first_event: Histogram = field(default_factory=lambda: Histogram(_FIRST_EVENT_SECONDS))
    # Frames in logs that are not open any more, where the store does not count.
    events_dropped: int = 0
    # Everybody who follows a thread or a run now.
    following: set[Follows] = field(default_factory=set)
    # Followers that went on from a cursor, and upstream streams that went on where they broke.
    followers_resumed: int = 0
    streams_resumed: int = 0
    # Gaps that followers were told of, by reason.
    gaps: Counter[str] = field(default_factory=Counter)
    # What the upstream refused, and how it was lost, by kind.
    upstream_errors: Counter[str] = field(default_factory=Counter)

    def lag(self) -> Lag:
        """Of the slowest follower, in each of both."""
        lags = [follows.lag() for follows in self.following]
        return Lag(
            max((lag.events for lag in lags), default=0), max((lag.size for lag in lags), default=0)
        )
