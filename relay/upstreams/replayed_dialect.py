"""Which dialect a recording speaks, and where its streams end."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..frames import data_of
from ..recording import Recording
from ..recording.reading import tidied
from ..recording.starts import starts
from . import Dialect
from .responses_dialect import ResponsesDialect
from .threads_dialect import ThreadsDialect

# A new one for each run.
_New: TypeAlias = type[ThreadsDialect] | type[ResponsesDialect]

_BY_EVENTS: Mapping[bytes, _New] = {b"thread.": ThreadsDialect, b"response.": ResponsesDialect}

# For a recording of nothing but an error.
_BY_UPSTREAM: Mapping[str | None, _New] = {
    "assistants": ThreadsDialect,
    "responses": ResponsesDialect,
}


def dialect_of(recording: Recording) -> _New | None:
    """None if its events are none that a run can have."""
    spoken = (new for prefix, new in _BY_EVENTS.items() if recording.speaks(prefix))
    return next(spoken, _BY_UPSTREAM.get(recording.sidecar.upstream))


def streams(recording: Recording, dialect: Dialect) -> Sequence[range]:
    """Which events each stream has: one ends where the run waits for tool outputs, or where it
    says that nothing follows.  What was taken up again after its connection was lost is one stream.
    """
    may_begin = {*starts(recording.events)}
    first, is_over = 0, False
    found = []
    for index, name in enumerate(recording.events):
        if is_over and index in may_begin:
            found.append(range(first, index))
            first, is_over = index, False
        if dialect.tells(name):
            frame = tidied(recording.frames[index])
            said = dialect.read(name.decode(errors="replace"), data_of(frame))
            if "status" in said or "done" in said:
                is_over = said.get("status") == "requires_action" or "done" in said
    return [*found, range(first, len(recording.events))]
