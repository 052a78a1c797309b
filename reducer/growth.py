"""How the items of a run grow: what each event of a Responses stream adds to its item."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from .delta import Rule, each, fields, fill, is_index
from .lists import replaced, with_index
from .run import with_fields
from .shape import is_object
from .text import append
from .types import Json

# What an event does to its item: `(item, data) -> item`.
Effect: TypeAlias = Callable[[Json, Json], Json]

_IMAGE: Final = ("background", "output_format", "quality", "size")


def _tell(old: Any, new: Any) -> Any:
    return fill(old, new) if isinstance(new, str) else old


def _strings(rule: Rule) -> Rule:
    """The rule of a list of texts, which have no room for an index: none is left out."""

    def merge_strings(old: Any, new: Any) -> Any:
        there = old if isinstance(old, list) else []
        index, text = new["index"], new["text"]
        if not is_index(index) or index > len(there) or not isinstance(text, str):
            return old
        place = int(index)
        if place == len(there):
            return [*there, text]
        return replaced(there, place, rule(there[place], text))

    return merge_strings


def _item(rule: Rule) -> Rule:
    entries = each(fields({"text": rule}))
    return fields(
        {
            "arguments": rule,
            "input": rule,
            "code": rule,
            "operation": fields({"diff": rule}),
            "summary": entries,
            "content": entries,
            "action": fields({"commands": _strings(rule)}),
            "output": each(fields({"stdout": rule, "stderr": rule})),
            "partial_images": each(fields({})),
        }
    )


_APPEND: Final = _item(append)
_TELL: Final = _item(_tell)


def _text(rule: Rule, source: str, put: Callable[[str, Json], Json]) -> Effect:
    """The effect of a text: it goes where `put` says."""

    def effect(item: Json, data: Json) -> Json:
        text = data.get(source)
        grown: Json = rule(item, put(text, data)) if isinstance(text, str) else item
        return grown

    return effect


def _field(name: str) -> Callable[[str, Json], Json]:
    return lambda text, _data: {name: text}


def _diff(text: str, _data: Json) -> Json:
    return {"operation": {"diff": text}}


def _summary(text: str, data: Json) -> Json:
    part = {"type": "summary_text", "text": text}
    return {"summary": [with_index(part, data.get("summary_index"))]}


def _reasoning(text: str, data: Json) -> Json:
    part = {"type": "reasoning_text", "text": text}
    return {"content": [with_index(part, data.get("content_index"))]}


def _command(text: str, data: Json) -> Json:
    return {"action": {"commands": {"index": data.get("command_index"), "text": text}}}


def _part(name: str, index: str) -> Effect:
    """The effect of a whole part."""

    def effect(item: Json, data: Json) -> Json:
        part = data.get("part")
        if not is_object(part):
            return item
        told: Json = _TELL(item, {name: [with_index(part, data.get(index))]})
        return told

    return effect


def _output_delta(item: Json, data: Json) -> Json:
    delta = data.get("delta")
    if not is_object(delta):
        return item
    grown: Json = _APPEND(item, {"output": [with_index(delta, data.get("command_index"))]})
    return grown


def _output_done(item: Json, data: Json) -> Json:
    outputs = data.get("output")
    output = outputs[0] if isinstance(outputs, list) and outputs else None
    if not is_object(output):
        return item
    told: Json = _TELL(item, {"output": [with_index(output, data.get("command_index"))]})
    return told


def _partial_image(item: Json, data: Json) -> Json:
    image = data.get("partial_image_b64")
    if not isinstance(image, str):
        return item
    entry = with_index({"partial_image_b64": image}, data.get("partial_image_index"))
    facts = {name: data[name] for name in _IMAGE if isinstance(data.get(name), str)}
    told: Json = _TELL(item, {**facts, "partial_images": [entry]})
    return told


def _status(status: str) -> Effect:
    return lambda item, _data: with_fields(item, {"status": status})


GROWTH: Final[Mapping[str, Effect]] = {
    "response.content_part.added": _part("content", "content_index"),
    "response.content_part.done": _part("content", "content_index"),
    "response.reasoning_text.delta": _text(_APPEND, "delta", _reasoning),
    "response.reasoning_text.done": _text(_TELL, "text", _reasoning),
    "response.reasoning_summary_part.added": _part("summary", "summary_index"),
    "response.reasoning_summary_part.done": _part("summary", "summary_index"),
    "response.reasoning_summary_text.delta": _text(_APPEND, "delta", _summary),
    "response.reasoning_summary_text.done": _text(_TELL, "text", _summary),
    "response.function_call_arguments.delta": _text(_APPEND, "delta", _field("arguments")),
    "response.function_call_arguments.done": _text(_TELL, "arguments", _field("arguments")),
    "response.custom_tool_call_input.delta": _text(_APPEND, "delta", _field("input")),
    "response.custom_tool_call_input.done": _text(_TELL, "input", _field("input")),
    "response.mcp_call_arguments.delta": _text(_APPEND, "delta", _field("arguments")),
    "response.mcp_call_arguments.done": _text(_TELL, "arguments", _field("arguments")),
    "response.mcp_call.in_progress": _status("in_progress"),
    "response.mcp_call.completed": _status("completed"),
    "response.mcp_call.failed": _status("failed"),
    "response.mcp_list_tools.in_progress": _status("in_progress"),
    "response.mcp_list_tools.completed": _status("completed"),
    "response.mcp_list_tools.failed": _status("failed"),
    "response.code_interpreter_call.in_progress": _status("in_progress"),
    "response.code_interpreter_call.interpreting": _status("interpreting"),
    "response.code_interpreter_call.completed": _status("completed"),
    "response.code_interpreter_call_code.delta": _text(_APPEND, "delta", _field("code")),
    "response.code_interpreter_call_code.done": _text(_TELL, "code", _field("code")),
    "response.file_search_call.in_progress": _status("in_progress"),
    "response.file_search_call.searching": _status("searching"),
    "response.file_search_call.completed": _status("completed"),
    "response.web_search_call.in_progress": _status("in_progress"),
    "response.web_search_call.searching": _status("searching"),
    "response.web_search_call.completed": _status("completed"),
    "response.image_generation_call.in_progress": _status("in_progress"),
    "response.image_generation_call.generating": _status("generating"),
    "response.image_generation_call.partial_image": _partial_image,
    "response.image_generation_call.completed": _status("completed"),
    "response.shell_call_command.added": _text(_TELL, "command", _command),
    "response.shell_call_command.delta": _text(_APPEND, "delta", _command),
    "response.shell_call_command.done": _text(_TELL, "command", _command),
    "response.shell_call_output_content.delta": _output_delta,
    "response.shell_call_output_content.done": _output_done,
    "response.apply_patch_call_operation_diff.delta": _text(_APPEND, "delta", _diff),
    "response.apply_patch_call_operation_diff.done": _text(_TELL, "diff", _diff),
    "response.compaction.compacting": _status("compacting"),
}
