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
    """The first event of each stream but the first, and of each response behind another in one."""
    may_begin = False
    for index, event in enumerate(events):
        is_last = event in _LAST
        is_behind_done = index > 0 and events[index - 1] == _DONE
        if is_behind_done or (may_begin and not is_last and event.startswith(_GOES_ON)):
            yield index
            may_begin = False
        may_begin = may_begin or is_last
