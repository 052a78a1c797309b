"""Thoughts, and what becomes of long conversations."""

from ...parts import Json
from ..moves import Spell, Tell, Use


def reason(*summary: str, encrypted: str | None = None, is_done: bool = True) -> Use:
    """Thoughts, of which only a summary is told."""
    begin: Json = {"summary": []}
    end: Json = {}
    if encrypted:
        # What the first event has of it is only a beginning.
        begin["encrypted_content"], end["encrypted_content"] = encrypted[:8], encrypted
    steps = [step for index in range(len(summary)) for step in _summed_up(summary, index)]
    return Use("reasoning", begin, tuple(steps), end, is_done=is_done)


def _summed_up(summary: tuple[str, ...], index: int) -> list[Tell | Spell]:
    name, place = "reasoning_summary_part", {"summary_index": index}
    parts = [{"type": "summary_text", "text": text} for text in summary]
    empty = {"type": "summary_text", "text": ""}
    return [
        Tell(f"{name}.added", {**place, "part": empty}, {"summary": [*parts[:index], empty]}),
        Spell("reasoning_summary_text", ("summary", index, "text"), summary[index], "text", place),
        Tell(f"{name}.done", {**place, "part": parts[index]}),
    ]


def think_aloud(text: str) -> Use:
    """Thoughts as they are, which models tell whose makers let them."""
    place = {"content_index": 0}
    empty = {"type": "reasoning_text", "text": ""}
    steps = (
        Tell("content_part.added", {**place, "part": empty}, {"content": [empty]}),
        Spell("reasoning_text", ("content", 0, "text"), text, "text", place),
        Tell("content_part.done", {**place, "part": {**empty, "text": text}}),
    )
    return Use("reasoning", {"summary": [], "content": []}, steps)


def compact(encrypted: str) -> Use:
    """A long conversation is made short."""
    steps = (Tell("compaction.compacting"),)
    return Use("compaction", {"encrypted_content": ""}, steps, {"encrypted_content": encrypted})
