"""How `thread.*` frames speak about the run that they belong to."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from . import Json

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

# What an upstream calls the status of a run, and the relay's word for it.  `cancelling` is
# missing, since the relay says that itself when it is asked to cancel.
STATUSES: Mapping[str, str] = {
    "created": "in_progress",
    "queued": "in_progress",
    "in_progress": "in_progress",
    "requires_action": "requires_action",
    "completed": "completed",
    "incomplete": "incomplete",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}

_RUN = "thread.run."
_OBJECTS = ("required_action", "last_error", "incomplete_details", "usage")

_Reader: TypeAlias = Callable[[Any], Json]


def run_says(run: Any, status: str | None = None) -> Json:
    """What a run object says of the run; `status` where the frame's name knows it better."""
    if not isinstance(run, dict):
        return {"status": status} if status else {}
    said: dict[str, Any] = {key: run[key] for key in _OBJECTS if isinstance(run.get(key), dict)}
    status = status or STATUSES.get(_text(run.get("status")))
    if status:
        said["status"] = status
    if _ID.fullmatch(_text(run.get("id"))):
        said["upstream_id"] = run["id"]
    return said


def _run_reader(status: str | None) -> _Reader:
    return lambda data: run_says(data, status)


def _error_says(data: Any) -> Json:
    """Flat as documented, or inside `error` as servers send it."""
    error = data.get("error", data) if isinstance(data, dict) else None
    fields = error if isinstance(error, dict) else {}
    return {
        "status": "failed",
        "last_error": {
            "code": _text(fields.get("code")) or _text(fields.get("type")) or "server_error",
            "message": _text(fields.get("message")) or "the upstream failed",
        },
    }


def _done_says(_: Any) -> Json:
    return {"done": True}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


_READERS: Mapping[str, _Reader] = {
    **{_RUN + status: _run_reader(relays) for status, relays in STATUSES.items()},
    _RUN + "cancelling": _run_reader(None),
    "error": _error_says,
    "done": _done_says,
}
_NAMES = frozenset(name.encode() for name in _READERS)


class ThreadsDialect:
    """The dialect of the Assistants API."""

    # Such a server keeps all that a run puts out.
    items: Sequence[Json] = ()

    def tells(self, name: bytes) -> bool:
        return name in _NAMES

    def read(self, name: str, data: Any) -> Json:
        reader = _READERS.get(name)
        return reader(data) if reader else {}

    def number(self, _data: Any) -> int | None:
        return None
