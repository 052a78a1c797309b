"""The run that the events of a stream belong to, as it travels with them."""

from typing import Any, Final

from .response import as_run, response_id_of, response_in, status_of
from .run import has_ended, is_relays, with_fields
from .shape import has_id
from .types import Event, Json, Run

_RESPONSE: Final = "response."


def current_run(run: Run | None, event: Event) -> Run | None:
    """The current run after an event: a `relay.run` in progress begins it, its end ends it."""
    name, told = event.get("event"), event.get("data")
    if name == "relay.run":
        return _after_relay(run, told)
    if isinstance(name, str) and name.startswith(_RESPONSE):
        return _after_response(run, name.removeprefix(_RESPONSE), response_in(told))
    return run


def _after_relay(run: Run | None, told: Any) -> Run | None:
    if not has_id(told):
        return run
    if run is not None and has_id(run) and run["id"] == told["id"]:
        return None if has_ended(told) else {**run, **told}
    return told if told.get("status") == "in_progress" else run


def _after_response(run: Run | None, word: str, response: Json) -> Run | None:
    """A response that is created is what the relay's run is at, or else it is itself the run; any
    other event counts only while no response is known.
    """
    if not has_id(response):
        return run
    is_new = word == "created"
    if is_relays(run):
        is_counted = is_new or response_id_of(run) is None
        return with_fields(run, {"response_id": response["id"]}) if is_counted else run
    status = status_of(response, word)
    # A stream that was resumed may lack the beginning of its response.
    is_next = not has_id(run) or (has_ended(run) and run["id"] != response["id"])
    if run is None or is_new or is_next:
        return as_run(response, status)
    return with_fields(run, {"status": status})
