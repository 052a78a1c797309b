"""The list of runs, newest first, and how it changes."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from .lists import replaced
from .run import has_ended, ids_of, list_of, new_entry, with_fields, with_upstream_id
from .shape import has_id
from .step import Settle, place_of_step, put_step
from .types import Json, Run, Runs

_FACTS_IN_STEP: Final = ("thread_id", "assistant_id")


def update_run(runs: Runs, run: Any, upstream_id: Any, change: Callable[[Run], Run]) -> Runs:
    """Change the entry of the current run, or else of the one that the upstream names; a run that
    is not there goes first.
    """
    ids = [*ids_of(run)[:1], *([upstream_id] if isinstance(upstream_id, str) else [])]
    if not ids:
        return runs
    place = place_of_run(runs, ids)
    if place is not None:
        return replaced(runs, place, change(with_upstream_id(runs[place], upstream_id)))
    # What is heard of for the first time is under way.
    entry = new_entry(run if has_id(run) else {"id": upstream_id, "status": "in_progress"})
    return [change(with_upstream_id(entry, upstream_id)), *runs]


def update_open_run(runs: Runs, change: Callable[[Run], Run]) -> Runs:
    """Change the entry of the newest run that has not ended."""
    for place, entry in enumerate(runs):
        if not has_ended(entry):
            return replaced(runs, place, change(entry))
    return runs


def update_step(runs: Runs, step_id: str, change: Callable[[Json], Json]) -> Runs:
    """Change one step.  All others stay the very objects they were."""
    for place, entry in enumerate(runs):
        step_place = place_of_step(list_of(entry, "steps"), step_id)
        if step_place is not None:
            steps = replaced(entry["steps"], step_place, change(entry["steps"][step_place]))
            return replaced(runs, place, _with_steps(entry, steps))
    return runs


def with_step(entry: Run, step: Json, settle: Settle) -> Run:
    """The entry with a step put in its place, and what the step knows of the run."""
    told = {name: step.get(name) for name in _FACTS_IN_STEP if entry.get(name) is None}
    steps = put_step(list_of(entry, "steps"), step, settle)
    return _with_steps(with_fields(entry, told), steps)


def place_of_run(runs: Runs, ids: Sequence[str]) -> int | None:
    """Where the run is that has the first of these ids, or else the next."""
    for one in ids:
        for place, entry in enumerate(runs):
            if one in ids_of(entry):
                return place
    return None


def _with_steps(entry: Run, steps: Sequence[Any]) -> Run:
    return entry if steps is entry.get("steps") else {**entry, "steps": steps}
