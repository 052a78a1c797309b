"""How a run ends, and what becomes of the messages and steps that are still open."""

from collections.abc import Iterator

from .events import Event
from .messages import Message
from .moves import Break, Cancel, Expire, Fail, StopShort
from .parts import Json
from .runs import DONE, Run
from .say import end_step, usage

# OpenAI's sign for a message that a limit of the run has cut off.
_MAX_TOKENS = "max_tokens"


def complete(run: Run) -> Iterator[Event]:
    _close(run, "completed", None)
    yield from _end(run, "completed")


def fail(run: Run, move: Fail) -> Iterator[Event]:
    run.last_error = {"code": move.code, "message": move.message}
    yield from _cut_messages(run, "run_failed")
    for step in run.open_steps:
        step.last_error = run.last_error
        yield end_step(run, step, "failed")
    yield from _end(run, "failed")


def expire(run: Run, _move: Expire) -> Iterator[Event]:
    """The messages are not told: the end of the run says it all."""
    for step in run.open_steps:
        yield end_step(run, step, "expired")
    _close(run, "incomplete", "run_expired")
    yield from _end(run, "expired")


def cancel(run: Run, _move: Cancel) -> Iterator[Event]:
    run.status = "cancelling"
    yield Event("thread.run.cancelling", run.wire())
    yield from _cut_messages(run, "run_cancelled")
    for step in run.open_steps:
        yield end_step(run, step, "cancelled")
    yield from _end(run, "cancelled")


def stop_short(run: Run, move: StopShort) -> Iterator[Event]:
    """A message that is incomplete for no reason yet gets its reason here."""
    run.incomplete_reason = move.reason
    for message in _messages(run):
        if message.status == "incomplete" and not message.reason:
            message.reason = _MAX_TOKENS
    _close(run, "incomplete", _MAX_TOKENS)
    yield from _end(run, "incomplete")


def break_off(run: Run, move: Break) -> Iterator[Event]:
    """The last thing that anyone hears of this run, so messages and steps are not told."""
    error: Json = move.data.get("error", move.data)
    run.last_error = {"code": error["code"] or error["type"], "message": error["message"]}
    run.status, run.ended_at = "failed", run.now()
    _close(run, "incomplete", "run_failed")
    yield Event("error", move.data, is_last=True)


def _end(run: Run, status: str) -> Iterator[Event]:
    run.status, run.ended_at = status, run.now()
    run.usage = usage(run.spent)
    yield Event(f"thread.run.{status}", run.wire())
    yield DONE


def _cut_messages(run: Run, reason: str) -> Iterator[Event]:
    for message in run.open_messages:
        message.close("incomplete", reason)
        message.incomplete_at = run.now()
        yield Event("thread.message.incomplete", message.wire())


def _close(run: Run, status: str, reason: str | None) -> None:
    for message in run.open_messages:
        message.close(status, reason)


def _messages(run: Run) -> list[Message]:
    return [message for message in run.thread.messages if message.run_id == run.id]
