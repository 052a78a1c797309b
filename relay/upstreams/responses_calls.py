"""What a model asks for in mid-run: which calls wait for the client, and how they are answered.

A response never says that it waits.  It completes, and holds calls without an output.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from . import Json

# Whether a call is for the client to answer, and not for the server.
IsClients: TypeAlias = Callable[[Json], bool]

_APPROVAL = "mcp_approval_request"

# A call's item, and the type that its tool is declared under.
_TOOLS: Mapping[str, Sequence[str]] = {
    "function_call": ("function",),
    "custom_tool_call": ("custom",),
    "local_shell_call": ("local_shell",),
    "shell_call": ("shell",),
    "apply_patch_call": ("apply_patch",),
    "computer_call": ("computer", "computer_use_preview", "computer-preview"),
    "tool_search_call": ("tool_search",),
}
_NAMED = ("function", "custom")


def is_clients(item: Json) -> bool:
    """As far as the item itself tells, where nobody knows how its assistant is configured."""
    kind = _type_of(item)
    if kind == "shell_call":
        return _type_of(item.get("environment")) in {None, "local"}
    if kind == "tool_search_call":
        return item.get("execution") == "client"
    return kind == _APPROVAL or kind in _TOOLS


def declared_by(parameters: Json) -> IsClients:
    """For an assistant with these parameters of `responses.create`."""
    tools = list(_flat(parameters.get("tools")))
    declared = {(_type_of(tool), _word(tool.get("name"))) for tool in tools}
    types = {kind for kind, _ in declared}
    # Tools that a prompt at the server brings, or that are found in mid-run, have no entry.
    is_open = "prompt" in parameters or any(map(_finds_tools, tools))
    hosted = any(tool.get("type") == "shell" and _is_hosted(tool) for tool in tools)

    def is_declared(item: Json) -> bool:
        kinds = _TOOLS.get(_type_of(item) or "", ())
        if kinds and kinds[0] in _NAMED:
            return is_open or (kinds[0], _word(item.get("name"))) in declared
        if kinds == ("shell",) and hosted and item.get("environment") is None:
            return False
        return "prompt" in parameters or not types.isdisjoint(kinds)

    return lambda item: is_clients(item) and (item.get("type") == _APPROVAL or is_declared(item))


def _flat(tools: Any) -> Iterable[Json]:
    for tool in tools if isinstance(tools, Sequence) else ():
        yield tool
        if tool.get("type") == "namespace":
            yield from _flat(tool.get("tools"))


def _finds_tools(tool: Json) -> bool:
    return tool.get("type") == "tool_search" and tool.get("execution") == "client"


def _is_hosted(tool: Json) -> bool:
    return _type_of(tool.get("environment")) not in {None, "local"}


def _type_of(value: Any) -> str | None:
    return _word(value.get("type")) if isinstance(value, Mapping) else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def call_id_of(item: Json) -> str:
    """What a call's output refers to; empty if that is missing."""
    found = item.get("id") if item.get("type") == _APPROVAL else item.get("call_id")
    return _word(found) or ""


def open_calls(items: Iterable[Json], is_clients: IsClients) -> list[Json]:
    """The calls among items, in any order, that wait for the client."""
    items = list(items)
    answered = {answered_by(item) for item in items}
    return [
        item
        for item in items
        if is_clients(item) and call_id_of(item) and call_id_of(item) not in answered
    ]


def answered_by(item: Json) -> str | None:
    """The id of the call that an item answers, if it answers one."""
    kind = _type_of(item) or ""
    if kind in {"mcp_approval_response", "mcp_call"}:
        found = item.get("approval_request_id")
    elif kind.endswith("_output"):
        found = item.get("call_id", item.get("id"))
    else:
        found = None
    return _word(found)


def required_action(calls: Iterable[Json]) -> Json:
    """What a run says that waits for them, as in the Assistants API."""
    return {
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {"tool_calls": [_required(call) for call in calls]},
    }


def _required(call: Json) -> Json:
    kind = call["type"]
    if kind != "function_call":
        return {"id": call_id_of(call), "type": kind, kind: call}
    function = {"name": call.get("name"), "arguments": call.get("arguments")}
    # Whoever answers a call that a program made must say so.
    caller = {"caller": call["caller"]} if _type_of(call.get("caller")) == "program" else {}
    return {"id": call_id_of(call), "type": "function", "function": function, **caller}


def calls_of(run: Json) -> list[Json]:
    """The calls that a run waits for, as the items that they were."""
    action = run.get("required_action") or {}
    entries = action.get("submit_tool_outputs", {}).get("tool_calls", [])
    return [_call(entry) for entry in entries]


def _call(entry: Json) -> Json:
    if entry["type"] != "function":
        call: Json = entry[entry["type"]]
        return call
    caller = {"caller": entry["caller"]} if "caller" in entry else {}
    return {"type": "function_call", "call_id": entry["id"], **entry["function"], **caller}
