"""In what the events of one server differ from those of another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    # Whether events have a `sequence_number`.
    numbers: bool = True
    # Whether each event calls its item and its response by a new name.
    rotates_ids: bool = False
    # Whether the last event repeats all items, or has an empty `output`.
    repeats_output: bool = True
    # Whether the last event has other ciphers and rounder numbers than those before it.
    rounds: bool = False
    # Whether `[DONE]` ends the stream.
    says_done: bool = False
    # What the stream says of a response that was cancelled, if it says anything.
    tells_of_cancel: str | None = None
