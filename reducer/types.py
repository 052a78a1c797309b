"""The shapes that pass through a reducer.

What a stream contains is not to be trusted, so a payload promises nothing: it is JSON, and each
function looks before it reads.  Mapping and Sequence, not dict and list: mypy then refuses an
append or an item assignment, so that a reducer cannot change what it was given.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

# `{"event": name, "data": JSON}`, with `id` where the stream gave one and `run` where it is known.
Event: TypeAlias = Json
# A `thread.message` object, as `GET /threads/{id}/messages` has it.
Message: TypeAlias = Json
# The messages of a thread, newest first.
Thread: TypeAlias = Sequence[Message]
# A run as the relay tells it, or an entry of the run list.
Run: TypeAlias = Json
# The runs of a thread, newest first.
Runs: TypeAlias = Sequence[Run]

# The list that a reducer keeps: a thread or its runs.
State: TypeAlias = Sequence[Json]
# What one event does to the list: `(list, data, run) -> list`.
Case: TypeAlias = Callable[[State, Any, Any], State]
Cases: TypeAlias = Mapping[str, Case]
Reducer: TypeAlias = Callable[[State, Event], State]
