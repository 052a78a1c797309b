"""The recordings of this project, and the lists that they must lead to."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reducer import Event, Thread, read_events
from tests.fixtures.coding import decoded

FOLDER = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True, slots=True)
class Recording:
    """`each` has the thread after each event, coded; `runs` is what they end in."""

    name: str
    before: Thread
    after: Thread
    each: Sequence[Any]
    runs: Sequence[Any]
    # What a conversation holds in the end, if it is one.
    items: Sequence[Any] | None = None

    def chunks(self) -> Iterator[bytes]:
        content = (FOLDER / f"{self.name}.sse").read_bytes()
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    def events(self) -> list[Event]:
        return list(read_events(self.chunks()))

    def threads(self) -> Iterator[Thread]:
        """The thread after each event."""
        thread: Any = self.before
        for entry in self.each:
            thread = decoded(thread, entry)
            yield thread


def recordings() -> list[Recording]:
    """All that have lists."""
    paths = sorted(FOLDER.glob("*.lists.json"))
    assert paths
    return [
        Recording(path.name.removesuffix(".lists.json"), **json.loads(path.read_text()))
        for path in paths
    ]
