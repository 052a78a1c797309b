"""What the relay's own frames do, to the thread and to the run list."""

from typing import Any, Final

from .lists import replaced
from .run import has_ended, ids_of, new_entry, told_by_relay
from .runs import place_of_run
from .shape import has_id
from .thread import end_run, put_message
from .types import Cases, Runs, Thread


def run(thread: Thread, data: Any, _run: Any) -> Thread:
    """A run that has ended closes its open messages."""
    return end_run(thread, data, data["status"]) if has_id(data) and has_ended(data) else thread


def message(thread: Thread, data: Any, _run: Any) -> Thread:
    """A message that came another way than by a stream is put by its id."""
    return put_message(thread, data)


def run_told(runs: Runs, data: Any, _run: Any) -> Runs:
    """The relay tells the whole run, and its word on the status counts."""
    if not has_id(data):
        return runs
    place = place_of_run(runs, ids_of(data))
    if place is None:
        return [new_entry(data), *runs]
    return replaced(runs, place, told_by_relay(runs[place], data))


RELAY: Final[Cases] = {
    "relay.run": run,
    "relay.message": message,
}

RELAY_RUNS: Final[Cases] = {
    "relay.run": run_told,
}
