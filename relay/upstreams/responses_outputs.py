"""Outputs of calls, as the items that a server takes them as."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from ..errors import BadRequest
from . import Json
from .responses_calls import call_id_of, calls_of

_Writer: TypeAlias = Callable[[Json, str], Json]

# Where an output must be a picture, but nobody took one: a single clear pixel.
_NO_PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def answers(run: Json, outputs: Sequence[Json]) -> list[Json]:
    """The items for what a client has handed in.  Raises BadRequest for what no item can say."""
    texts = {output["tool_call_id"]: str(output.get("output", "")) for output in outputs}
    calls = [call for call in calls_of(run) if call_id_of(call) in texts]
    return [_item(call, _FROM_TEXT[call["type"]](call, texts[call_id_of(call)])) for call in calls]


def closings(calls: Sequence[Json], why: str) -> list[Json]:
    """The items that say of calls why nobody answers them."""
    return [_item(call, _CLOSING[call["type"]](call, why)) for call in calls]


def _item(call: Json, fields: Json) -> Json:
    caller = call.get("caller")
    is_programs = isinstance(caller, Mapping) and caller.get("type") == "program"
    return {**fields, "caller": caller} if is_programs else fields


def _text(call: Json, text: str) -> Json:
    return {"type": f"{call['type']}_output", "call_id": call["call_id"], "output": text}


def _local_shell(call: Json, text: str) -> Json:
    # Documented with the call's id as its own `id`; servers look for `call_id`, as everywhere.
    return {**_text(call, text), "id": call["call_id"]}


def _shell(call: Json, text: str) -> Json:
    value = _parsed(text)
    if isinstance(value, Mapping):
        value = [value]
    if not (isinstance(value, list) and all(isinstance(part, Mapping) for part in value)):
        value = [{"stdout": text}]
    return _shell_output(call, [_SHELL_PART | part for part in value])


_SHELL_PART: Json = {"stdout": "", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}


def _shell_closing(call: Json, why: str) -> Json:
    outcome = {"type": "exit", "exit_code": 1}
    return _shell_output(call, [{"stdout": "", "stderr": why, "outcome": outcome}])


def _shell_output(call: Json, parts: Sequence[Json]) -> Json:
    item = {"type": "shell_call_output", "call_id": call["call_id"], "output": parts}
    action = call.get("action")
    longest = action.get("max_output_length") if isinstance(action, Mapping) else None
    return item if longest is None else {**item, "max_output_length": longest}


def _patch(call: Json, text: str) -> Json:
    value = _parsed(text)
    if not isinstance(value, Mapping) or value.get("status") not in ("completed", "failed"):
        value = {"status": "completed", "output": text}
    fields = {key: value[key] for key in ("status", "output") if value.get(key) is not None}
    return {"type": "apply_patch_call_output", "call_id": call["call_id"], **fields}


def _patch_closing(call: Json, why: str) -> Json:
    return _patch(call, json.dumps({"status": "failed", "output": why}))


def _computer(call: Json, text: str) -> Json:
    value = _parsed(text)
    if isinstance(value, Mapping):
        names = ("image_url", "file_id")
        picture = {name: value[name] for name in names if isinstance(value.get(name), str)}
        checks = value.get("acknowledged_safety_checks")
    else:
        plain = value if isinstance(value, str) else text
        # An address has a colon, an id has none.
        picture, checks = {"image_url" if ":" in plain else "file_id": plain}, None
    if not any(picture.values()):
        raise _unusable(call, '{"image_url": …} or {"file_id": …}')
    return _screenshot(call, picture, checks if isinstance(checks, list) else [])


def _computer_closing(call: Json, _why: str) -> Json:
    return _screenshot(call, {"image_url": _NO_PICTURE}, [])


def _screenshot(call: Json, picture: Json, checks: Sequence[Json]) -> Json:
    item = {
        "type": "computer_call_output",
        "call_id": call["call_id"],
        "output": {"type": "computer_screenshot", **picture},
    }
    return {**item, "acknowledged_safety_checks": checks} if checks else item


def _tool_search(call: Json, text: str) -> Json:
    value = _parsed(text)
    tools = value.get("tools") if isinstance(value, Mapping) else value
    if not isinstance(tools, list):
        raise _unusable(call, '{"tools": […]}')
    return _found(call, tools)


def _tool_search_closing(call: Json, _why: str) -> Json:
    return _found(call, [])


def _found(call: Json, tools: Sequence[Any]) -> Json:
    return {
        "type": "tool_search_output",
        "call_id": call["call_id"],
        "execution": "client",
        "status": "completed",
        "tools": tools,
    }


def _approval(call: Json, text: str) -> Json:
    value = _parsed(text)
    fields = {"approve": value} if isinstance(value, bool) else value
    if not isinstance(fields, Mapping) or not isinstance(fields.get("approve"), bool):
        raise _unusable(call, '{"approve": true} or {"approve": false}')
    return _decision(call, approve=fields["approve"], reason=fields.get("reason"))


def _approval_closing(call: Json, why: str) -> Json:
    return _decision(call, approve=False, reason=why)


def _decision(call: Json, *, approve: bool, reason: Any) -> Json:
    item = {
        "type": "mcp_approval_response",
        "approval_request_id": call["id"],
        "approve": approve,
    }
    return {**item, "reason": reason} if isinstance(reason, str) else item


def _parsed(text: str) -> Any:
    """None for what is no JSON, or could not be sent as such: NaN, or half of a character."""
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _unusable(call: Json, wanted: str) -> BadRequest:
    return BadRequest(
        f"the output of {call['type']} {call_id_of(call)} must be {wanted}", param="tool_outputs"
    )


_FROM_TEXT: Mapping[str, _Writer] = {
    "function_call": _text,
    "custom_tool_call": _text,
    "local_shell_call": _local_shell,
    "shell_call": _shell,
    "apply_patch_call": _patch,
    "computer_call": _computer,
    "tool_search_call": _tool_search,
    "mcp_approval_request": _approval,
}

_CLOSING: Mapping[str, _Writer] = {
    "function_call": _text,
    "custom_tool_call": _text,
    "local_shell_call": _local_shell,
    "shell_call": _shell_closing,
    "apply_patch_call": _patch_closing,
    "computer_call": _computer_closing,
    "tool_search_call": _tool_search_closing,
    "mcp_approval_request": _approval_closing,
}
