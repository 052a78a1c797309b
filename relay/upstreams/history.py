"""What a server that keeps no conversation is told of one: its newest items, as it takes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import Json
from .responses_calls import answered_by, call_id_of, is_clients, open_calls
from .responses_outputs import closings

_LOST_CALL = "The call was lost: nobody will answer it."

# What a conversation hangs on.  All else that a server did by itself is in its answer already, and
# few servers take it back.
_TAKEN = frozenset(
    {
        "message", "reasoning", "compaction", "program", "program_output",
        "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
        "shell_call", "shell_call_output", "local_shell_call", "local_shell_call_output",
        "apply_patch_call", "apply_patch_call_output", "computer_call", "computer_call_output",
        "tool_search_call", "tool_search_output",
        "mcp_approval_request", "mcp_approval_response", "mcp_call", "mcp_list_tools",
    }
)  # fmt: skip
# Taken where the server has asked for an approval, which refers to them.
_MCP = frozenset({"mcp_call", "mcp_list_tools"})

# Refer to something, so that they are no names of the item's own.
_KEPT_IDS = frozenset({"mcp_approval_request", "mcp_call", "local_shell_call_output"})

# What an item is known by where it is kept; no server takes them in.
_OWN = frozenset({"id", "status", "created_by", "created_at", "metadata"})
_NEED_STATUS = frozenset(
    {"apply_patch_call", "apply_patch_call_output", "local_shell_call", "tool_search_output"}
)


def history(
    notes: Iterable[Json], new: Sequence[Json], run_id: str | None, most: int
) -> list[Json]:
    """Oldest first; `new` are outputs that the thread does not hold yet, of the run of that id."""
    items = [item for note in notes if (item := _remembered(note, run_id)) is not None]
    if not any(item.get("type") == "mcp_approval_request" for item in items):
        items = [item for item in items if item["type"] not in _MCP]
    return _paired([*_newest(items, new, most), *new])


def _remembered(note: Json, run_id: str | None) -> Json | None:
    if "message" in note:
        return _said("assistant", note["message"]["content"], {})
    item = note.get("item")
    kind = item.get("type") if item else None
    if item is None or not isinstance(kind, str) or kind not in _TAKEN:
        return None
    if kind == "reasoning":
        # What a model thought is for the rest of its own turn only.
        return _reasoning(item) if run_id and note.get("run", {}).get("id") == run_id else None
    if kind == "message":
        phase = {"phase": item["phase"]} if isinstance(item.get("phase"), str) else {}
        return _said(str(item.get("role", "assistant")), item.get("content"), phase)
    own = _OWN - ({"id"} if kind in _KEPT_IDS else set())
    own -= {"status"} if kind in _NEED_STATUS else set()
    return {key: value for key, value in item.items() if key not in own and value is not None}


def _said(role: str, content: Any, phase: Json) -> Json | None:
    """Plain text is what every server takes; strict ones take no parts of an answer without ids."""
    parts = [{"text": content}] if isinstance(content, str) else content or ()
    texts = [_text(part) for part in parts]
    if role == "assistant" or all(text is not None for text in texts):
        text = "".join(text or "" for text in texts)
        return {"type": "message", "role": role, "content": text, **phase} if text else None
    return {"type": "message", "role": role, "content": parts}


def _text(part: Any) -> str | None:
    text = part.get("text", part.get("refusal")) if isinstance(part, Mapping) else None
    text = text.get("value") if isinstance(text, Mapping) else text
    return text if isinstance(text, str) else None


def _reasoning(item: Json) -> Json | None:
    if not item.get("encrypted_content"):
        return None
    kept = ("type", "summary", "encrypted_content", "format")
    return {"summary": []} | {key: item[key] for key in kept if key in item}


def _newest(items: Sequence[Json], new: Sequence[Json], most: int) -> Sequence[Json]:
    """Beginning at what a user said; calls that are answered just now are there in any case."""
    first = max(len(items) - max(most - len(new), 1), 0)
    users = [place for place, item in enumerate(items) if item.get("role") == "user"]
    fitting = [place for place in users if place >= first]
    if fitting or not users:
        return items[fitting[0] if fitting else first :]
    # One turn is longer than that: what was asked, and the newest of what was done about it.
    answered = {answered_by(item) for item in new}
    calls = [place for place, item in enumerate(items) if _call_id(item) in answered]
    return [items[users[-1]], *items[min([first + 1, *calls]) :]]


def _paired(items: Sequence[Json]) -> list[Json]:
    """No output without its call, no call without an output: servers refuse either."""
    calls = {_call_id(item) for item in items}
    lost = {call_id_of(item) for item in open_calls(items, is_clients)}
    paired: list[Json] = []
    for item in items:
        answered = answered_by(item)
        if answered is None or answered in calls:
            paired.append(item)
        if _call_id(item) in lost:
            paired += closings([item], _LOST_CALL)
    return paired


def _call_id(item: Json) -> str | None:
    """Of a call, and of nothing else."""
    return call_id_of(item) or None if answered_by(item) is None else None
