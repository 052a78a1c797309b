"""What is noted of a thread's messages before its log is forgotten, where no upstream keeps it."""

from collections.abc import Callable, Sequence
from typing import Any

from .snapshot import Message, Seen


def noted(seen: Seen) -> list[dict[str, Any]]:
    """One note for each message, oldest first.

    Of a message that the upstream has, only the circumstances are noted: its assistant, run and
    time.  What became of one whose run was cut short is noted whole.
    """
    is_kept = kept_upstream(seen)
    return [_stub(one) if is_kept(one) else dict(one) for one in reversed(seen.messages)]


def kept_upstream(seen: Seen) -> Callable[[Message], bool]:
    """Whether the upstream has a message: of a run that was cut short it keeps none."""
    status = {run.get("id"): run.get("status") for run in seen.runs}

    def is_kept(message: Message) -> bool:
        is_users = message.get("role") == "user"
        return is_users or is_stub(message) or status.get(message.get("run_id")) == "completed"

    return is_kept


def is_stub(message: Message) -> bool:
    """Whether only its circumstances are noted."""
    return "content" not in message


def recalled(notes: Sequence[Message]) -> Sequence[Message]:
    """The messages that were noted, newest first."""
    return list(reversed(notes))


def _stub(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "content"}
