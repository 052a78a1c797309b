"""Stores by the address that RELAY_STORE would hold, so that another process can open them too."""

from dataclasses import asdict, dataclass

from relay.logs import Store
from relay.logs.memory import MemoryStore
from relay.logs.redis import RedisStore
from relay.logs.sqlite import SqliteStore

AMPLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a log may hold, and how long the claims of a relay that has died are held."""

    max_frames: int = AMPLE
    max_bytes: int = 100 * AMPLE
    max_age_seconds: float | None = None
    lease_seconds: float = 10.0


def store_at(address: str, limits: Limits) -> Store:
    """A store, which has not been started."""
    scheme, _, path = address.partition(":")
    if scheme == "memory":
        return MemoryStore(limits.max_frames, limits.max_bytes)
    if scheme == "sqlite":
        return SqliteStore(path, **asdict(limits))
    if scheme == "redis":
        return RedisStore(
            address,
            limits.max_frames,
            limits.max_bytes,
            limits.max_age_seconds,
            lease_seconds=limits.lease_seconds,
        )
    raise ValueError(address)
