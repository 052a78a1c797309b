"""One step of a run: how it grows, and how it ends."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from .delta import each, fields, keep
from .lists import mapped, replaced, without_indexes
from .same import same
from .shape import has_id, is_object
from .text import append
from .types import Json

# What becomes of a step that is told, beside the one that is there: `(there, step) -> step`.
Settle: TypeAlias = Callable[[Json, Json], Json]

_OUTPUT: Final = fields({"logs": append})
_TOOL_CALL: Final = fields(
    {
        "code_interpreter": fields({"input": append, "outputs": each(_OUTPUT)}),
        "function": fields({"arguments": append}),
    }
)
# A step keeps the id that it was created with.
_STEP: Final = fields({"id": keep, "step_details": fields({"tool_calls": each(_TOOL_CALL)})})


def put_step(steps: Sequence[Any], step: Json, settle: Settle) -> Sequence[Any]:
    """Replace the step of the same id, or put it last: steps run from oldest to newest."""
    place = place_of_step(steps, step["id"])
    if place is None:
        return [*steps, settle({}, step)]
    settled = settle(steps[place], step)
    return steps if same(steps[place], settled) else replaced(steps, place, settled)


def place_of_step(steps: Sequence[Any], step_id: str) -> int | None:
    """Where the step of this id is."""
    for place, step in enumerate(steps):
        if has_id(step) and step["id"] == step_id:
            return place
    return None


def continue_step(step: Json, delta: Any) -> Json:
    """The step with what a delta adds; one that has ended stays as it is."""
    if step.get("status") in ("completed", "failed", "cancelled", "expired"):
        return step
    continued: Json = _STEP(step, delta)
    return continued


def as_told(_there: Json, step: Json) -> Json:
    """The step as the stream has it."""
    return step


def with_calls_of(there: Json, step: Json) -> Json:
    """The step, with the tool calls of the one that is there if it brings none."""
    if _calls_in(step) or not _calls_in(there):
        return step
    return {**step, "step_details": there["step_details"]}


def finish_step(_there: Json, step: Json) -> Json:
    """The step as a list of steps has it: no tool call and no output with an `index`."""
    told = _calls_in(step)
    calls = mapped(without_indexes(told), _with_plain_outputs)
    if calls is told:
        return step
    return {**step, "step_details": {**step["step_details"], "tool_calls": calls}}


def _calls_in(step: Json) -> Sequence[Any]:
    details = step.get("step_details")
    calls = details.get("tool_calls") if is_object(details) else None
    return calls if isinstance(calls, list) else ()


def _with_plain_outputs(call: Any) -> Any:
    code = call.get("code_interpreter") if is_object(call) else None
    if not is_object(code):
        return call
    outputs = without_indexes(code.get("outputs"))
    if outputs is code.get("outputs"):
        return call
    return {**call, "code_interpreter": {**code, "outputs": outputs}}
