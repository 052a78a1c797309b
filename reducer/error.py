"""What an upstream's `error` does, to the thread and to the run list.  All dialects have it."""

from typing import Any

from .run import error_in, has_ended, with_fields, with_status
from .runs import update_open_run, update_run
from .shape import has_id
from .thread import end_current_run
from .types import Run, Runs, Thread


def error(thread: Thread, _data: Any, run: Any) -> Thread:
    """An error ends the current run, whatever it says."""
    return end_current_run(thread, run)


def error_told(runs: Runs, data: Any, run: Any) -> Runs:
    """An error is the last that is heard of the current run, or else of the newest open one."""

    def change(entry: Run) -> Run:
        return with_status(with_fields(entry, {"last_error": error_in(data)}), "failed")

    if has_id(run) and not has_ended(run):
        return update_run(runs, run, None, change)
    return update_open_run(runs, change)
