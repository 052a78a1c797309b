"""What the events of a Responses stream do to the run list: `response.*`, with the output."""

from collections.abc import Callable
from typing import Any, Final

from .error import error_told
from .growth import GROWTH, Effect
from .lists import replaced
from .output import add_item, change_item, entry_of, has_item, lay_items, settle_item
from .response import as_run, response_id_of, response_in, status_of
from .run import ids_of, told_by_upstream
from .runs import place_of_run, update_run
from .shape import has_id, is_object
from .types import Case, Cases, Json, Run, Runs


def response_told(runs: Runs, data: Any, run: Any) -> Runs:
    """Each event of a response carries the whole response, but for its output."""
    return _tell(runs, data, run, "in_progress")


def response_completed(runs: Runs, data: Any, run: Any) -> Runs:
    """A response that ends brings its output; most often it is what was streamed."""
    return _tell(runs, data, run, "completed")


def response_incomplete(runs: Runs, data: Any, run: Any) -> Runs:
    """A response that came to a limit has ended too."""
    return _tell(runs, data, run, "incomplete")


def response_failed(runs: Runs, data: Any, run: Any) -> Runs:
    """A response that failed has ended too."""
    return _tell(runs, data, run, "failed")


def response_cancelled(runs: Runs, data: Any, run: Any) -> Runs:
    """A response that was cancelled has ended too."""
    return _tell(runs, data, run, "cancelled")


def output_item_added(runs: Runs, data: Any, run: Any) -> Runs:
    """A new item goes last: an output runs from oldest to newest."""
    return _put(runs, data, run, add_item)


def output_item_done(runs: Runs, data: Any, run: Any) -> Runs:
    """The finished item replaces what its events built up."""
    return _put(runs, data, run, settle_item)


def grown(effect: Effect) -> Case:
    """What an event does that adds to its item.  The text of a message is in the thread only."""

    def grow(runs: Runs, data: Any, run: Any) -> Runs:
        if not is_object(data):
            return runs
        named = _entry(run, data, {"id": data.get("item_id")})

        def change(item: Json) -> Json:
            return item if item.get("type") == "message" else effect(item, data)

        return _update(runs, named, run, lambda entry: change_item(entry, named, change))

    return grow


def _tell(runs: Runs, data: Any, run: Any, word: str) -> Runs:
    response = response_in(data)
    if not has_id(response):
        return runs
    told = as_run(response, status_of(response, word))
    response_id = response_id_of(run if has_id(run) else told)
    output = response.get("output")
    items = output if isinstance(output, list) and word != "in_progress" else []

    def change(entry: Run) -> Run:
        kept = {"required_action": entry.get("required_action")}
        return lay_items(told_by_upstream(entry, {**told, **kept}), response_id, items)

    return update_run(runs, run, response_id, change)


def _put(runs: Runs, data: Any, run: Any, put: Callable[[Run, Json], Run]) -> Runs:
    item = data.get("item") if is_object(data) else None
    if not is_object(item):
        return runs
    told = _entry(run, data, item)
    if has_id(run):
        return update_run(runs, run, told["response_id"], lambda entry: put(entry, told))
    return _update(runs, told, run, lambda entry: put(entry, told))


def _update(runs: Runs, named: Json, run: Any, change: Callable[[Run], Run]) -> Runs:
    """Change the entry of the current run, or else of the one that has the item."""
    places = (place for place, entry in enumerate(runs) if has_item(entry, named))
    place = place_of_run(runs, ids_of(run)) if has_id(run) else next(places, None)
    return runs if place is None else replaced(runs, place, change(runs[place]))


def _entry(run: Any, data: Json, item: Json) -> Json:
    return entry_of(response_id_of(run), data.get("output_index"), item)


RESPONSES_RUNS: Final[Cases] = {
    "response.created": response_told,
    "response.queued": response_told,
    "response.in_progress": response_told,
    "response.completed": response_completed,
    "response.incomplete": response_incomplete,
    "response.failed": response_failed,
    "response.cancelled": response_cancelled,
    "response.output_item.added": output_item_added,
    "response.output_item.done": output_item_done,
    **{name: grown(effect) for name, effect in GROWTH.items()},
    "error": error_told,
}
