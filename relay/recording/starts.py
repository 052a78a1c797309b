"""Where in a recording another stream of the run may begin, by the names of its events."""

from collections.abc import Iterator, Sequence

_DONE = b"done"

# After these a run goes on only with tool outputs, in another stream, or as another response.
_LAST = frozenset(
    {
        b"thread.run.requires_action",
        b"response.completed",
        b"response.incomplete",
        b"response.failed",
        b"response.cancelled",
    }
)
_GOES_ON = (b"thread.", b"response.", b"error")


def starts(events: Sequence[bytes]) -> Iterator[int]:
    """The first event of each stream, and of each response that follows another in its stream."""
    may_begin = True
    for index, event in enumerate(events):
        is_behind_done = index > 0 and events[index - 1] == _DONE
        if is_behind_done or (may_begin and event.startswith(_GOES_ON)):
            yield index
            may_begin = False
        may_begin = may_begin or event in _LAST
