"""An item of a response or a conversation, and the message that it is."""

from typing import Any, Final

from .delta import is_index
from .message import finish_message, is_finished
from .part import generated_image_part, parts_of
from .response import response_id_of
from .same import same
from .shape import has_id, is_object
from .types import Json, Message

_ROLES: Final = ("assistant", "user")


def is_message(item: Any) -> bool:
    """Whether it is a message of somebody whom a thread shows."""
    return is_object(item) and item.get("type") == "message" and _role_of(item) in _ROLES


def message_of(item: Any, origin: Json) -> Message | None:
    """The message that an item is, if it is one; an image that has been made is one too."""
    content = _content_of(item) if has_id(item) else None
    if content is None:
        return None
    status, phase = item.get("status"), item.get("phase")
    is_open = is_message(item) and status not in ("completed", "incomplete")
    return {
        "id": item["id"],
        "object": "thread.message",
        **origin,
        "status": "in_progress" if is_open else status if is_message(item) else "completed",
        "role": _role_of(item),
        "content": content,
        **({"phase": phase} if isinstance(phase, str) else {}),
    }


def origin_of(run: Any, output_index: Any) -> Json:
    """Where a message comes from: its run, its response, and its place there."""
    writer = run if has_id(run) else {}
    return {
        "created_at": writer.get("created_at"),
        "thread_id": writer.get("thread_id"),
        "assistant_id": writer.get("assistant_id"),
        "run_id": writer.get("id"),
        "response_id": response_id_of(writer),
        "output_index": output_index if is_index(output_index) else None,
    }


def done(message: Message) -> Message:
    """The message of an item that is done: completed, unless the item says that it is not."""
    is_cut = message.get("status") == "incomplete"
    return finish_message({**message, "status": "incomplete" if is_cut else "completed"})


def settled(there: Message, told: Message) -> Message:
    """The message that is there, as its item has it; it keeps its id and where it comes from, and
    its content if the item brings none.
    """
    ending = told if is_finished(told) else there
    content = there.get("content")
    details = ("incomplete_details",) if ending.get("status") == "completed" else ()
    message = {
        **{name: value for name, value in there.items() if name not in details},
        **{name: told[name] for name in ("phase",) if name in told},
        "status": ending.get("status"),
        "content": told["content"] or ([] if content is None else content),
    }
    finished = finish_message(message)
    return there if same(there, finished) else finished


def _content_of(item: Json) -> list[Json] | None:
    if is_message(item):
        return parts_of(item.get("content"))
    result = item.get("result")
    if item.get("type") != "image_generation_call" or not isinstance(result, str) or not result:
        return None
    return [generated_image_part(result, item.get("output_format"))]


def _role_of(item: Json) -> Any:
    role = item.get("role")
    return "assistant" if role is None else role
