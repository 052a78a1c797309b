"""How a response ends, and what then comes into its conversation."""

from collections.abc import Iterator

from ..events import Event
from ..moves import Cancel, Fail, StopShort
from .last_output import last_output
from .moves import Break
from .response import Response


def complete(response: Response) -> Iterator[Event]:
    response.completed_at = response.now()
    yield _end(response, "completed")


def fail(response: Response, move: Fail) -> Iterator[Event]:
    response.error = {"code": move.code, "message": move.message}
    yield _end(response, "failed")


def stop_short(response: Response, move: StopShort) -> Iterator[Event]:
    response.incomplete_reason = move.reason
    yield _end(response, "incomplete")


def break_off(response: Response, move: Break) -> Iterator[Event]:
    """The documented error is the last that anyone hears of a response; the real one is not."""
    error = move.data.get("error", move.data)
    response.error = {"code": error["code"], "message": error["message"]}
    response.status = "failed"
    if move.then_failed:
        yield Event("error", move.data)
        yield _end(response, "failed")
    else:
        _settle(response, "failed")
        yield Event("error", move.data, is_last=True)


def cancel(response: Response, _move: Cancel) -> Iterator[Event]:
    """Nothing that is documented tells a stream of it: by default it just ends."""
    _settle(response, "cancelled")
    if response.accent.tells_of_cancel:
        yield _last(response, response.accent.tells_of_cancel)


def _end(response: Response, status: str) -> Event:
    _settle(response, status)
    return _last(response, f"response.{status}")


def _last(response: Response, name: str) -> Event:
    response.last_words = {**response.wire(), "output": last_output(response)}
    return Event(name, {"response": response.last_words}, is_last=True)


def _settle(response: Response, status: str) -> None:
    """Items reach the conversation when a response is over, and only if it came to its end."""
    response.status = status
    conversation = response.conversation
    if not conversation:
        return
    conversation.active = None
    if status in ("completed", "incomplete") and not response.is_lost:
        conversation.items.extend([*response.input, *response.output])
