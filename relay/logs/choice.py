"""Opens the store that the settings name."""

from collections.abc import Callable, Mapping
from typing import Any

from ..settings import Settings
from . import Store
from .memory import MemoryStore


def open_store(settings: Settings) -> Store:
    """It has to be started before it is used."""
    scheme = settings.store.partition(":")[0]
    return _STORES[scheme](settings)


def _memory(settings: Settings) -> Store:
    return MemoryStore(settings.log_max_events, settings.log_max_bytes)


def _sqlite(settings: Settings) -> Store:
    from .sqlite import SqliteStore  # noqa: PLC0415

    path = settings.store.partition(":")[2]
    return SqliteStore(path, **_limits(settings))


def _redis(settings: Settings) -> Store:
    # Only those pay for the client who use it.
    from .redis import RedisStore  # noqa: PLC0415

    return RedisStore(settings.store, **_limits(settings))


def _limits(settings: Settings) -> dict[str, Any]:
    """What a store that outlives the process is told."""
    log_seconds = settings.log_max_age_seconds
    return {
        "max_frames": settings.log_max_events,
        "max_bytes": settings.log_max_bytes,
        "max_age_seconds": log_seconds,
        # A run outlives its frames.
        "notes_max_age_seconds": max(settings.notes_max_age_seconds, log_seconds),
        "lease_seconds": settings.claim_seconds,
    }


_STORES: Mapping[str, Callable[[Settings], Store]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "redis": _redis,
    "rediss": _redis,
}
