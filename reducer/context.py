"""The run that the events of a stream belong to, as it travels with them."""

from typing import Any

from .run import has_ended
from .shape import has_id
from .types import Event, Run


def current_run(run: Run | None, event: Event) -> Run | None:
    """The current run after an event: a `relay.run` in progress begins it, its end ends it."""
    told: Any = event.get("data")
    if event.get("event") != "relay.run" or not has_id(told):
        return run
    if has_id(run) and run is not None and run["id"] == told["id"]:
        return None if has_ended(told) else {**run, **told}
    return told if told.get("status") == "in_progress" else run
