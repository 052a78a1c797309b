"""Frames of the Responses API, and what a dialect hears in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from relay.upstreams.responses_calls import declared_by
from relay.upstreams.responses_dialect import ResponsesDialect

Events = Sequence[tuple[str, Any]]

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "-"}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
FAILURE = {"code": "server_error", "message": "Sorry."}


def response(status: str, **fields: Any) -> dict[str, Any]:
    return {"response": {"id": "resp_1", "object": "response", "status": status, **fields}}


def done(item: Mapping[str, Any], place: int = 0) -> tuple[str, Any]:
    return "response.output_item.done", {"item": item, "output_index": place}


def added(item: Mapping[str, Any], place: int = 0) -> tuple[str, Any]:
    return "response.output_item.added", {"item": item, "output_index": place}


CREATED = ("response.created", response("in_progress"))
COMPLETED = ("response.completed", response("completed", output=[]))


def new_dialect() -> ResponsesDialect:
    return ResponsesDialect(declared_by({"tools": [{"type": "function", "name": "f"}]}))


def heard(events: Events, dialect: ResponsesDialect | None = None) -> Mapping[str, Any]:
    """What the last of these events says."""
    dialect = dialect or new_dialect()
    told: Mapping[str, Any] = {}
    for name, data in events:
        told = dialect.read(name, data)
    return told
