"""`NAME.json`: what was recorded, and when each frame arrived."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import RecordingError

Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Sidecar(BaseModel):
    """Everything but the version may be missing, so that one can be written by hand."""

    model_config = ConfigDict(frozen=True, strict=True)

    version: Literal[1] = 1
    # How a list of assistants shows it.
    name: str | None = None
    description: str | None = None
    upstream: str | None = None
    thread_id: str | None = None
    assistant_id: str | None = None
    run_id: str | None = None
    upstream_ids: list[str] = []
    # How the run ended, which its events need not say.
    status: str | None = None
    # Seconds since 1970.
    started_at: float | None = None
    # One for each event of the recording, counted from the start of the run.
    arrived_ms: list[Milliseconds] | None = None


def read_sidecar(path: Path, events: int) -> Sidecar:
    """Raise RecordingError, one line that names the file and the line in it."""
    try:
        text = path.read_text("utf-8")
        fields = json.loads(text)
    except FileNotFoundError:
        return Sidecar()
    except json.JSONDecodeError as error:
        raise RecordingError(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RecordingError(f"{path}:1: {error}") from None
    if not isinstance(fields, dict):
        raise RecordingError(f"{path}:1: not a JSON object")
    try:
        sidecar = Sidecar.model_validate(fields)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        line = _line_of(text, str(problem["loc"][0]))
        raise RecordingError(f"{path}:{line}: {where}: {problem['msg']}") from None
    complaint = _wrong_times(sidecar.arrived_ms, events)
    if complaint:
        line = _line_of(text, "arrived_ms")
        raise RecordingError(f"{path}:{line}: arrived_ms: {complaint}")
    return sidecar


def _wrong_times(times: Sequence[float] | None, events: int) -> str | None:
    if times is None:
        return None
    if len(times) != events:
        return f"{len(times)} times for {events} events"
    if any(later < earlier for earlier, later in itertools.pairwise(times)):
        return "an event arrives before the one that precedes it"
    return None


def _line_of(text: str, key: str) -> int:
    before, found, _ = text.partition(f'"{key}"')
    return before.count("\n") + 1 if found else 1
