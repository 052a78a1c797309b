"""The items of an output: how they begin, what is told of them, and how they end."""

import copy

from ..events import Event
from ..parts import Json
from .response import Response, Slot

# What ids of items begin with.
PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "function_call_output": "fco",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco",
    "mcp_list_tools": "mcpl",
    "mcp_call": "mcp",
    "mcp_approval_request": "mcpr",
    "mcp_approval_response": "mcpa",
    "code_interpreter_call": "ci",
    "file_search_call": "fs",
    "web_search_call": "ws",
    "image_generation_call": "ig",
    "shell_call": "sh",
    "shell_call_output": "sho",
    "local_shell_call": "lsh",
    "local_shell_call_output": "lsho",
    "apply_patch_call": "apc",
    "apply_patch_call_output": "apco",
    "computer_call": "cu",
    "computer_call_output": "cuo",
    "compaction": "cmp",
    "tool_search_call": "tsc",
    "tool_search_output": "tso",
}


def prefix(kind: str) -> str:
    return PREFIXES.get(kind, "item")


def new_slot(response: Response, kind: str, fields: Json) -> Slot:
    item = {"id": response.ids.new(prefix(kind)), "type": kind, **copy.deepcopy(fields)}
    slot = Slot(
        index=len(response.slots), item=item, response=response, created_at=response.created_at
    )
    response.slots.append(slot)
    if response.conversation:
        response.conversation.seen.append(slot)
    return slot


def added(slot: Slot) -> Event:
    item = {"item": copy.deepcopy(slot.item), "output_index": slot.index}
    return Event("response.output_item.added", item)


def done(slot: Slot) -> Event:
    slot.is_done = True
    item = {"item": copy.deepcopy(slot.item), "output_index": slot.index}
    return Event("response.output_item.done", item)


def about(slot: Slot, name: str, fields: Json, *, names_item: bool = True) -> Event:
    item_id = {"item_id": slot.item["id"]} if names_item else {}
    place = {**item_id, "output_index": slot.index}
    return Event(f"response.{name}", {**place, **copy.deepcopy(fields)})
