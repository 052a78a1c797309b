"""Steps of tool calls: code, file search, functions, and tools that nobody knows yet."""

from collections.abc import Iterator

from .events import Event
from .messages import Step
from .moves import CallFunctions, Interpret, Search, UseTool
from .parts import Json, tokens
from .runs import DONE, Run
from .say import end_step, new_step


def interpret(run: Run, move: Interpret) -> Iterator[Event]:
    step = new_step(run)
    yield from _open(step)
    call = _new_call(run, step, "code_interpreter", {"input": "", "outputs": []})
    yield _delta(step, call)
    code = call["code_interpreter"]
    for token in tokens(move.code):
        code["input"] += token
        yield _delta(step, _more(call, {"input": token}))
    for output in _outputs(move):
        code["outputs"].append(output)
        yield _delta(step, _more(call, {"outputs": [output]}))
    yield end_step(run, step)


def _outputs(move: Interpret) -> list[Json]:
    logs: Json = {"index": 0, "type": "logs", "logs": move.logs}
    if not move.image:
        return [logs]
    return [logs, {"index": 1, "type": "image", "image": {"file_id": move.image}}]


def search(run: Run, move: Search) -> Iterator[Event]:
    step = new_step(run)
    yield from _open(step)
    call = _new_call(run, step, "file_search", {})
    yield _delta(step, call)
    names = ("file_id", "file_name", "score")
    call["file_search"] = {
        "ranking_options": {"ranker": "default_2024_08_21", "score_threshold": 0.25},
        "results": [dict(zip(names, result, strict=True)) for result in move.results],
    }
    yield end_step(run, step)


def use_tool(run: Run, move: UseTool) -> Iterator[Event]:
    step = new_step(run)
    yield from _open(step)
    first, *others = move.deltas
    call = _new_call(run, step, move.type, first)
    yield _delta(step, call)
    for fields in others:
        yield _delta(step, _more(call, fields))
    call[move.type] = move.final
    yield end_step(run, step)


def call_functions(run: Run, move: CallFunctions) -> Iterator[Event]:
    """The step stays open: its end comes first in the stream that follows the outputs."""
    step = new_step(run)
    yield from _open(step)
    run.waiting.clear()
    run.outputs.clear()
    for call in move.calls:
        entry = _new_call(
            run, step, "function", {"name": call.name, "arguments": "", "output": None}
        )
        run.waiting[entry["id"]] = call
        yield _delta(step, entry)
        for token in tokens(call.arguments):
            entry["function"]["arguments"] += token
            yield _delta(step, _more(entry, {"arguments": token}))
    run.status = "requires_action"
    yield Event("thread.run.requires_action", run.wire())
    yield DONE


def take_outputs(run: Run) -> Iterator[Event]:
    """What the stream after the outputs begins with."""
    step = run.steps[-1]
    for call, output in zip(step.calls, run.outputs, strict=True):
        call["function"]["output"] = output
    yield end_step(run, step)
    yield Event("thread.run.queued", run.wire())
    run.status = "in_progress"
    yield Event("thread.run.in_progress", run.wire())


def _open(step: Step) -> Iterator[Event]:
    yield Event("thread.run.step.created", step.wire())
    yield Event("thread.run.step.in_progress", step.wire())


def _new_call(run: Run, step: Step, kind: str, fields: Json) -> Json:
    call = {
        "index": len(step.calls),
        "id": run.thread.ids.new("call"),
        "type": kind,
        kind: dict(fields),
    }
    step.calls.append(call)
    return call


def _more(call: Json, fields: Json) -> Json:
    return {"index": call["index"], "type": call["type"], call["type"]: fields}


def _delta(step: Step, call: Json) -> Event:
    # A copy of the call and of its fields: both change with the next delta.
    sent = {key: dict(value) if isinstance(value, dict) else value for key, value in call.items()}
    details = {"type": "tool_calls", "tool_calls": [sent]}
    delta = {"id": step.id, "object": "thread.run.step.delta", "delta": {"step_details": details}}
    return Event("thread.run.step.delta", delta)
