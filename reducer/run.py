"""One run: its ids, how it ends, and its entry in the run list."""

from typing import Any, Final, TypeGuard

from .delta import replace_fields
from .shape import has_id, is_object
from .types import Json, Run

_FACTS: Final = ("thread_id", "assistant_id", "created_at")
_RESULTS: Final = ("usage", "last_error", "incomplete_details")


def ids_of(run: Any) -> list[str]:
    """The id of a run, and all its upstream ids."""
    return [run["id"], *upstream_ids_of(run)] if has_id(run) else []


def upstream_ids_of(run: Any) -> list[str]:
    """The ids by which the upstream knows a run."""
    ids = run.get("upstream_ids") if is_object(run) else None
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


def is_relays(run: Any) -> TypeGuard[dict[str, Any]]:
    """Whether its id is the relay's, and not the upstream's: then `relay.run` tells its status."""
    return has_id(run) and run["id"] not in upstream_ids_of(run)


def has_ended(run: Run) -> bool:
    """Whether its status is one that it keeps."""
    return run.get("status") in ("completed", "incomplete", "failed", "cancelled", "expired")


def reason_for(status: str, run: Any) -> str | None:
    """Why a message is incomplete whose run ended with this status: None if it is complete."""
    if status == "completed":
        return None
    if status != "incomplete":
        return f"run_{status}"
    details = run.get("incomplete_details") if is_object(run) else None
    reason = details.get("reason") if is_object(details) else None
    # All others are limits; each dialect has its own words for what was used up.
    return "content_filter" if reason == "content_filter" else "max_tokens"


def new_entry(run: Run) -> Run:
    """An entry of the run list has these fields, and no others."""
    return {
        "id": run["id"],
        "upstream_ids": upstream_ids_of(run),
        "thread_id": run.get("thread_id"),
        "assistant_id": run.get("assistant_id"),
        "status": run.get("status"),
        "created_at": run.get("created_at"),
        "steps": list_of(run, "steps"),
        "output": list_of(run, "output"),
        "required_action": run.get("required_action"),
        "usage": run.get("usage"),
        "last_error": run.get("last_error"),
        "incomplete_details": run.get("incomplete_details"),
    }


def told_by_relay(entry: Run, run: Run) -> Run:
    """The entry with all that the relay's own frame says of the run."""
    ids = upstream_ids_of(run)
    more = [one for one in upstream_ids_of(entry) if one not in ids]
    told = {name: run.get(name) for name in (*_FACTS, *_RESULTS) if run.get(name) is not None}
    told |= {name: run.get(name) for name in ("status", "required_action")}
    return with_fields(entry, {**told, "id": run["id"], "upstream_ids": [*ids, *more]})


def told_by_upstream(entry: Run, run: Run) -> Run:
    """The entry with what an upstream frame says of the run; on its status the relay wins."""
    told = {name: run.get(name) for name in _RESULTS if run.get(name) is not None}
    told |= {name: run.get(name) for name in _FACTS if entry.get(name) is None}
    told |= {"required_action": run.get("required_action")}
    return with_status(with_fields(entry, told), run.get("status"))


def with_upstream_id(entry: Run, upstream_id: Any) -> Run:
    """The entry under one more of the upstream's ids."""
    ids = upstream_ids_of(entry)
    if not isinstance(upstream_id, str) or upstream_id in ids:
        return entry
    return {**entry, "upstream_ids": [*ids, upstream_id]}


def with_status(entry: Run, status: Any) -> Run:
    """The entry in the status that the upstream tells."""
    if is_relays(entry) or not isinstance(status, str):
        return entry
    return with_fields(entry, {"status": status})


def with_fields(entry: Run, values: Json) -> Run:
    """The entry with these values; the very same entry if it has them."""
    told: Run = replace_fields(entry, values)
    return told


def list_of(run: Run, name: str) -> list[Any]:
    """A field that is to be a list."""
    entries = run.get(name)
    return entries if isinstance(entries, list) else []


def error_in(data: Any) -> Json:
    """What an error event says, as a run's `last_error`; some upstreams nest it, some do not."""
    nested = data.get("error") if is_object(data) else None
    error = nested if is_object(nested) else data
    if not is_object(error):
        return {"code": "server_error", "message": error if isinstance(error, str) else ""}
    words = (error.get("code"), error.get("type"), "server_error")
    code = next(one for one in words if isinstance(one, str) and one != "error")
    message = error.get("message")
    return {"code": code, "message": message if isinstance(message, str) else ""}
