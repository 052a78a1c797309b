"""Many events at once."""

from collections.abc import Iterable

from . import dialect
from .join import join
from .types import Event, Reducer, State


def replay(
    events: Iterable[Event], thread: State | None = None, reduce: Reducer = dialect.reduce
) -> State:
    """Fold events into a thread, or into whatever list the reducer keeps."""
    state: State = [] if thread is None else thread
    for event in join(events) if reduce is dialect.reduce else events:
        state = reduce(state, event)
    return state
