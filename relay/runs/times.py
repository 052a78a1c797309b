"""When what happened to a run, in monotonic seconds."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """Of a run as this process has it; another one that takes it over begins anew."""

    asked: float = field(default_factory=time.monotonic)
    # What the wait for its first event counts from: when it was asked for, or when its turn came;
    # None while it waits for that, and where another process began it.
    since: float | None = None
    # When the upstream said something about it for the first time.
    first: float | None = None

    @classmethod
    def of_new(cls) -> "Times":
        now = time.monotonic()
        return cls(asked=now, since=now)

    def wait(self) -> None:
        """It stands in the queue."""
        self.since = None

    def begin(self) -> None:
        """Its turn has come."""
        if self.since is None:
            self.since = time.monotonic()

    def hear(self) -> None:
        if self.first is None:
            self.first = time.monotonic()

    @property
    def first_event_seconds(self) -> float | None:
        """How long the first event took; None where that is not known, or none came."""
        if self.first is None or self.since is None:
            return None
        return self.first - self.since

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.asked
