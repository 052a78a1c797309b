"""What the commands do, and how they end: 0 well, 1 not well, 2 asked wrongly."""

import asyncio
import logging
import socket
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .errors import RecordingError, RelayError, SettingsError
from .flags import parse
from .record import record
from .serve import serve
from .settings import Settings
from .sources import load_settings
from .workers import serve_workers

_Result = TypeVar("_Result")

_FAILED, _WRONG_USE, _INTERRUPTED = 1, 2, 130


def run(arguments: Sequence[str] | None) -> int:
    logging.basicConfig(format="thread-relay: %(message)s", level=logging.WARNING)
    asked, given = parse(arguments)
    try:
        if asked.command == "record":
            settings = load_settings(given)
            completed = _in_loop(record(settings, asked.assistant, " ".join(asked.message)))
            return 0 if completed else _FAILED
        if asked.command == "replay":
            given |= {"upstream": "replay", "recordings": _files(asked.file)}
        settings = load_settings(given)
        if settings.workers > 1:
            return serve_workers(settings, _serve_shared)
        _in_loop(serve(settings))
    except (SettingsError, RecordingError) as error:
        return _end(error, _WRONG_USE)
    except RelayError as error:
        return _end(error, _FAILED)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _serve_shared(settings: Settings, listening: socket.socket) -> None:
    """One of several processes; what it could not do, it says itself."""
    logging.basicConfig(format="thread-relay: %(message)s", level=logging.WARNING)
    try:
        _in_loop(serve(settings, listening))
    except RelayError as error:
        sys.exit(_end(error, _WRONG_USE))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _files(names: Sequence[str]) -> tuple[Path, ...]:
    files = tuple(map(Path, names))
    for file in files:
        if not file.exists():
            raise SettingsError(f"{file} is not there")
    return files


def _end(error: RelayError, status: int) -> int:
    line = " ".join(str(error).split())
    sys.stderr.write(f"thread-relay: {line}\n")
    return status


def _in_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Any:
    """uvloop's where there is one: it serves the same at less cost."""
    try:
        import uvloop  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
