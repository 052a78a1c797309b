"""What a client sends, as items of a conversation, and the calls that they leave open."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..answers import invalid, missing
from ..ids import Ids
from ..parts import Json
from .refusals import no_approval_request, no_call_for, no_output_for
from .slots import PREFIXES, prefix

# Which items answer which calls.
ANSWERS: Mapping[str, str] = {
    "function_call_output": "function_call",
    "custom_tool_call_output": "custom_tool_call",
    "local_shell_call_output": "local_shell_call",
    "shell_call_output": "shell_call",
    "apply_patch_call_output": "apply_patch_call",
    "computer_call_output": "computer_call",
    "tool_search_output": "tool_search_call",
}
CALLS = frozenset(ANSWERS.values())
ROLES = ("user", "assistant", "system", "developer")


def items_of(given: Any, ids: Ids, param: str = "input") -> list[Json]:
    """The items of an `input`, which may be a text."""
    entries = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(entries, list):
        raise invalid(param, given)
    return [_item(entry, ids, f"{param}[{place}]") for place, entry in enumerate(entries)]


def _item(entry: Any, ids: Ids, param: str) -> Json:
    if not isinstance(entry, dict):
        raise invalid(param, entry)
    kind = entry.get("type", "message")
    if kind not in PREFIXES:
        raise invalid(f"{param}.type", kind)
    if kind == "message":
        return _message(entry, ids, param)
    # Whoever keeps the history sends items that have ids.
    return {"id": ids.new(prefix(kind)), "status": "completed", **copy.deepcopy(entry)}


def _message(entry: Json, ids: Ids, param: str) -> Json:
    role, content = entry.get("role"), entry.get("content")
    if role not in ROLES:
        raise invalid(f"{param}.role", role)
    if content is None:
        raise missing(f"{param}.content")
    if not isinstance(content, str | list):
        raise invalid(f"{param}.content", content)
    kind = "output_text" if role == "assistant" else "input_text"
    text: Json = {"type": kind, "text": content}
    if role == "assistant":
        text["annotations"] = []
    phase = {"phase": entry["phase"]} if entry.get("phase") else {}
    return {
        "id": ids.new("msg"),
        "type": "message",
        "status": "completed",
        "content": [text] if isinstance(content, str) else copy.deepcopy(content),
        "role": role,
        **phase,
    }


def check_calls(items: Sequence[Json]) -> None:
    """Refuse a history in which a call has no output, or an output no call."""
    asked = {item["call_id"]: item for item in items if item["type"] in CALLS and _is_asked(item)}
    answered = {item["call_id"] for item in items if item["type"] in ANSWERS and _is_asked(item)}
    for call_id in answered - asked.keys():
        raise no_call_for(call_id)
    for call_id in asked.keys() - answered:
        raise no_output_for(call_id)
    _check_approvals(items)


def answers_at_the_end(items: Sequence[Json]) -> list[Json]:
    """The outputs that a history ends with, to which the next response is the answer."""
    ending: list[Json] = []
    for item in reversed(items):
        if item["type"] not in ANSWERS and item["type"] != "mcp_approval_response":
            break
        ending.insert(0, item)
    return ending


def text_of(items: Iterable[Json]) -> str:
    """What the user said last."""
    said = [item for item in items if item["type"] == "message" and item["role"] == "user"]
    parts = said[-1]["content"] if said else []
    return " ".join(part.get("text", "") for part in parts)


def _is_asked(item: Json) -> bool:
    """A search for tools at the server has no name, and needs no answer."""
    return bool(item.get("call_id"))


def _check_approvals(items: Sequence[Json]) -> None:
    requests = {item["id"] for item in items if item["type"] == "mcp_approval_request"}
    for item in items:
        if item["type"] == "mcp_approval_response" and item["approval_request_id"] not in requests:
            raise no_approval_request(item["approval_request_id"])
