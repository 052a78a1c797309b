"""A run as a generator of events, act by act.  A call of functions ends an act."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import endings, use_tools
from .events import Event
from .moves import (
    Break,
    CallFunctions,
    Cancel,
    Expire,
    Fail,
    Interpret,
    Say,
    Search,
    Send,
    StopShort,
    UseTool,
)
from .runs import Run
from .say import say


def send(_run: Run, move: Send) -> Iterator[Event]:
    yield Event(move.name, move.data)


# `Any` since each function takes only the move that it stands beside.
PERFORM: Mapping[type, Callable[[Run, Any], Iterator[Event]]] = {
    Say: say,
    Send: send,
    Interpret: use_tools.interpret,
    Search: use_tools.search,
    UseTool: use_tools.use_tool,
    CallFunctions: use_tools.call_functions,
    Fail: endings.fail,
    Expire: endings.expire,
    Cancel: endings.cancel,
    StopShort: endings.stop_short,
    Break: endings.break_off,
}


def first_act(run: Run) -> Iterator[Event]:
    return _as_sent(run, _begin(run))


def next_act(run: Run) -> Iterator[Event]:
    """What follows when the outputs are there."""
    return _as_sent(run, _go_on(run))


def last_act(run: Run, move: Cancel | Expire) -> Iterator[Event]:
    """What follows when the run is cancelled, or when its time is over."""
    return _as_sent(run, PERFORM[type(move)](run, move))


def _begin(run: Run) -> Iterator[Event]:
    if run.tells_of_thread:
        yield Event("thread.created", run.thread.wire())
    yield Event("thread.run.created", run.wire())
    yield Event("thread.run.queued", run.wire())
    run.status, run.started_at = "in_progress", run.now()
    yield Event("thread.run.in_progress", run.wire())
    yield from _play(run)


def _go_on(run: Run) -> Iterator[Event]:
    yield from use_tools.take_outputs(run)
    yield from _play(run)


def _play(run: Run) -> Iterator[Event]:
    for move in run.moves:
        yield from PERFORM[type(move)](run, move)
        if run.status != "in_progress":
            return
    yield from endings.complete(run)


def _as_sent(run: Run, events: Iterator[Event]) -> Iterator[Event]:
    """Leave out and repeat what this server does.  Only events that carry no news may be named."""
    for event in events:
        if event.name not in run.script.omits:
            yield event
        if event.name in run.script.repeats:
            yield event
