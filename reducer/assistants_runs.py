"""What the events of an Assistants stream do to the run list: `thread.run.*`, with their steps."""

from typing import Any, Final

from .error import error_told
from .run import told_by_upstream
from .runs import update_run, update_step, with_step
from .shape import has_id
from .step import Settle, as_told, continue_step, finish_step, with_calls_of
from .types import Cases, Runs


def run_told(runs: Runs, data: Any, run: Any) -> Runs:
    """Each event of a run carries the whole run."""
    if not has_id(data):
        return runs
    return update_run(runs, run, data["id"], lambda entry: told_by_upstream(entry, data))


def step_created(runs: Runs, step: Any, run: Any) -> Runs:
    """A new step goes last: steps run from oldest to newest."""
    return _put(runs, step, run, as_told)


def step_in_progress(runs: Runs, step: Any, run: Any) -> Runs:
    """A step in progress may come without tool calls: then those that are there stay."""
    return _put(runs, step, run, with_calls_of)


def step_delta(runs: Runs, data: Any, _run: Any) -> Runs:
    """A delta continues the step that it names, unless that has ended."""
    if not has_id(data):
        return runs
    return update_step(runs, data["id"], lambda step: continue_step(step, data.get("delta")))


def step_completed(runs: Runs, step: Any, run: Any) -> Runs:
    """The finished step replaces what the deltas built up; however it ended, it has ended."""
    return _put(runs, step, run, finish_step)


def _put(runs: Runs, step: Any, run: Any, settle: Settle) -> Runs:
    if not has_id(step):
        return runs
    return update_run(runs, run, step.get("run_id"), lambda entry: with_step(entry, step, settle))


ASSISTANTS_RUNS: Final[Cases] = {
    "thread.run.created": run_told,
    "thread.run.queued": run_told,
    "thread.run.in_progress": run_told,
    "thread.run.requires_action": run_told,
    "thread.run.completed": run_told,
    "thread.run.incomplete": run_told,
    "thread.run.failed": run_told,
    "thread.run.cancelling": run_told,
    "thread.run.cancelled": run_told,
    "thread.run.expired": run_told,
    "thread.run.step.created": step_created,
    "thread.run.step.in_progress": step_in_progress,
    "thread.run.step.delta": step_delta,
    "thread.run.step.completed": step_completed,
    "thread.run.step.failed": step_completed,
    "thread.run.step.cancelled": step_completed,
    "thread.run.step.expired": step_completed,
    "error": error_told,
}
