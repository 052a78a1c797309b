"""A thread as a server would keep it, where recordings are played instead."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from reducer import messages_of, replay

from ..listing import list_object
from . import Json, Page
from .fresh_ids import fresh_id
from .refusing import refused
from .replayed_run import Run

# Enough for any conversation with recordings; what is older is forgotten.
_MAX_MESSAGES = 500
_MAX_RUNS = 100


class Thread:
    def __init__(self, metadata: Json) -> None:
        self.id = fresh_id("thread_")
        self._created_at = int(time.time())
        self._metadata = metadata
        self._messages: Sequence[Mapping[str, Any]] = []
        # Oldest first; only the last one may be in progress.
        self._runs: deque[Run] = deque(maxlen=_MAX_RUNS)

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "thread",
            "created_at": self._created_at,
            "metadata": self._metadata,
            "tool_resources": {},
        }

    @property
    def active_run(self) -> Run | None:
        self._fold()
        return next((run for run in self._runs if run.is_active), None)

    def run(self, upstream_id: str) -> Run:
        self._fold()
        for run in self._runs:
            if run.is_called(upstream_id):
                return run
        raise refused(404, f"No run found with id '{upstream_id}'.")

    def add_run(self, run: Run) -> None:
        self._fold()
        self._runs.append(run)

    def add_message(self, body: Json) -> Json:
        message = {
            "id": fresh_id("msg_"),
            "object": "thread.message",
            "created_at": int(time.time()),
            "thread_id": self.id,
            "status": "completed",
            "role": body.get("role", "user"),
            "content": _parts(body.get("content", "")),
            "assistant_id": None,
            "run_id": None,
            "attachments": body.get("attachments") or [],
            "metadata": body.get("metadata") or {},
        }
        self._messages = [message, *self.messages()]
        return message

    def messages(self) -> Sequence[Mapping[str, Any]]:
        """Newest first."""
        self._fold()
        self._messages = self._messages[:_MAX_MESSAGES]
        return self._messages

    def page(self, page: Page) -> Json:
        ordered = list(self.messages())
        if page.order == "asc":
            ordered.reverse()
        places = {message["id"]: place for place, message in enumerate(ordered)}
        for cursor in (page.after, page.before):
            if cursor and cursor not in places:
                raise refused(400, f"No message found with id '{cursor}'.")
        if page.after:
            ordered = ordered[places[page.after] + 1 :]
        elif page.before:
            before = ordered[: places[page.before]]
            ordered = before[-page.limit :]
            return list_object(ordered, page.limit, more=len(before) > page.limit)
        return list_object(ordered, page.limit, more=False)

    def messages_of(self, run: Run) -> Sequence[Mapping[str, Any]]:
        """Oldest first."""
        return messages_of(self.messages(), run.to_json())[::-1]

    def _fold(self) -> None:
        """Only when somebody asks is what was played folded."""
        if self._runs:
            self._messages = replay(self._runs[-1].take_events(), self._messages)


def _parts(content: Any) -> Sequence[Any]:
    """Content as it is given back: text is an object there."""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [_part(part) for part in parts]


def _part(part: Any) -> Any:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return {**part, "text": {"value": part["text"], "annotations": []}}
    return part
