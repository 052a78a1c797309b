"""What a follower of the stream must hold, as the server knows it.

A response is a run, an item of type message is a message, and so is a picture that is finished.
"""

import copy
from typing import TYPE_CHECKING

from ..parts import Json

if TYPE_CHECKING:
    from .response import Response, Slot


def message_of(slot: "Slot") -> Json | None:
    if slot.item["type"] == "image_generation_call":
        return _picture(slot)
    if slot.item["type"] != "message":
        return None
    status, reason = _status(slot)
    return {
        **_head(slot),
        "status": status,
        **({"incomplete_details": {"reason": reason}} if reason else {}),
        "role": "assistant",
        "content": _content(slot, has_index=status == "in_progress"),
        **({"phase": slot.item["phase"]} if "phase" in slot.item else {}),
    }


def run_of(response: "Response") -> Json:
    reason, error = response.incomplete_reason, response.error
    return {
        "id": response.seen_id,
        "upstream_ids": [response.seen_id],
        "thread_id": response.place,
        "assistant_id": None,
        "status": response.status,
        "created_at": response.created_at,
        "steps": [],
        "output": [_entry(slot) for slot in response.slots],
        "required_action": None,
        "usage": response.last_words.get("usage"),
        "last_error": error and {"code": error["code"], "message": error["message"]},
        "incomplete_details": {"reason": reason} if reason else None,
    }


def _head(slot: "Slot") -> Json:
    response = slot.response
    return {
        "id": slot.seen_id,
        "object": "thread.message",
        "created_at": response.created_at,
        "thread_id": response.place,
        "assistant_id": None,
        "run_id": response.seen_id,
        "response_id": response.seen_id,
        "output_index": slot.index,
    }


def _status(slot: "Slot") -> tuple[str, str | None]:
    """What the item says once it is done; what is still open ends as its response does."""
    response = slot.response
    is_cut = slot.item["status"] == "incomplete"
    if response.is_active:
        return ("incomplete" if is_cut else "completed") if slot.is_done else "in_progress", None
    if response.status == "completed" or (slot.is_done and not is_cut):
        return "completed", None
    return "incomplete", _reason(response)


def _reason(response: "Response") -> str:
    if response.status in ("failed", "cancelled"):
        return f"run_{response.status}"
    is_filtered = response.incomplete_reason == "content_filter"
    return "content_filter" if is_filtered else "max_tokens"


def _content(slot: "Slot", *, has_index: bool) -> list[Json]:
    """Parts have an `index` as long as deltas may come."""
    parts = [_part(part) for part in slot.item["content"]]
    return [{"index": index, **part} for index, part in enumerate(parts)] if has_index else parts


def _part(part: Json) -> Json:
    if part["type"] == "refusal":
        return dict(part)
    text = {"value": part["text"], "annotations": copy.deepcopy(part["annotations"])}
    return {"type": "text", "text": text}


def _picture(slot: "Slot") -> Json | None:
    """A picture can be seen once it is finished."""
    if not slot.item.get("result"):
        return None
    url = f"data:image/{slot.item['output_format']};base64,{slot.item['result']}"
    content = [{"type": "image_url", "image_url": {"url": url}}]
    return {**_head(slot), "status": "completed", "role": "assistant", "content": content}


def _entry(slot: "Slot") -> Json:
    """The item as it was told last; of a message no text, until it is told as a whole."""
    output = slot.response.last_words.get("output")
    last = output[slot.index] if output else slot.item
    item = {**copy.deepcopy(last), "id": slot.seen_id}
    if item["type"] == "message" and not (output or slot.is_done):
        item["content"] = []
    return {"response_id": slot.response.seen_id, "output_index": slot.index, "item": item}
