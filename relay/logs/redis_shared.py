"""What the parts of one relay's store share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import StoreFailed
from ..measures import Appends
from .joint import Joint
from .redis_lua import Script
from .redis_set import DataSet, evaluate
from .redis_wire import Wire

# Runs and where logs end are remembered for so many times the age at which frames go, unless it
# is said for how long.
_KEPT_LONGER = 4
# How many can take each other's place while one question is asked.
_MOST_DATA_SETS = 3
MAX_NOTES = 2000


@dataclass
class Shared:
    data_set: DataSet
    wire: Wire
    # This relay, among those that share the data set.
    relay: bytes
    max_frames: int
    max_bytes: int
    # None: nothing ends by itself.
    max_age_seconds: float | None
    notes_max_age_seconds: float | None = None
    # Of each thread that this relay has claimed, what proves it.
    tokens: dict[str, int] = field(default_factory=dict)
    appends: Appends = field(default_factory=Appends)
    reads: Joint = field(default_factory=Joint)

    # The age in milliseconds, and how long what is kept longer is; 0 for ever.
    age_ms: bytes = field(init=False)
    keep_ms: bytes = field(init=False)

    def __post_init__(self) -> None:
        age_ms = max(1, int(self.max_age_seconds * 1000)) if self.max_age_seconds else 0
        notes_ms = int((self.notes_max_age_seconds or 0) * 1000) or age_ms * _KEPT_LONGER
        self.age_ms, self.keep_ms = b"%d" % age_ms, b"%d" % (age_ms and notes_ms)

    async def ask_any(
        self, script: Script, keys: Callable[[], tuple[bytes, ...]], *args: bytes
    ) -> Any:
        """What a script answers about whatever data set is there.  Raises StoreFailed."""
        tries = 0
        while True:
            reply = await self.wire.call(evaluate(script, keys(), self.data_set.name, *args))
            if reply != -1:
                return reply
            failed, tries = await self.replaced(), tries + 1
            if tries == _MOST_DATA_SETS:
                raise failed

    async def replaced(self) -> StoreFailed:
        """Turn to the data set that is there now."""
        self.data_set.entered(await self.wire.call(self.data_set.enter()))
        return StoreFailed("redis failed: its data was lost or replaced")
