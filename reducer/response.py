"""A response: one answer of the upstream, and what it says of the run that it belongs to."""

from typing import Any, Final

from .run import error_in, upstream_ids_of
from .shape import has_id, is_object
from .types import Json, Run

_ENDS: Final = ("completed", "incomplete", "failed", "cancelled")


def response_in(data: Any) -> Json:
    """The response that an event carries; an empty one where it carries none."""
    response = data.get("response") if is_object(data) else None
    return response if is_object(response) else {}


def status_of(response: Json, word: str) -> str:
    """Its status.  An event that ends it, `response.completed` for one, does so in any case."""
    status = response.get("status")
    if word in _ENDS:
        return status if status in _ENDS else word
    return status if isinstance(status, str) else "in_progress"


def as_run(response: Json, status: str) -> Run:
    """The run that a response is where nobody else tells of one."""
    conversation, error = response.get("conversation"), response.get("error")
    return {
        "id": response["id"],
        "upstream_ids": [response["id"]],
        "response_id": response["id"],
        "thread_id": conversation["id"] if has_id(conversation) else None,
        "assistant_id": None,
        "status": status,
        "created_at": response.get("created_at"),
        "usage": response.get("usage"),
        "last_error": error_in(error) if is_object(error) else None,
        "incomplete_details": response.get("incomplete_details"),
    }


def response_id_of(run: Any) -> str | None:
    """The response that a run is at: the one it was told last, or else its latest upstream id."""
    told = run.get("response_id") if is_object(run) else None
    if isinstance(told, str):
        return told
    ids = upstream_ids_of(run)
    return ids[-1] if ids else None
