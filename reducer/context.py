"""The run that the events of a stream belong to, as it travels with them."""

from typing import Any

from .run import has_ended, is_run
from .types import Event, Run


def current_run(run: Run | None, event: Event) -> Run | None:
    """The current run after an event: a `relay.run` in progress begins it, its end ends it."""
    told: Any = event.get("data")
    if event.get("event") != "relay.run" or not is_run(told):
        return run
    if is_run(run) and run is not None and run["id"] == told["id"]:
        return None if has_ended(told) else {**run, **told}
    return told if told.get("status") == "in_progress" else run
