"""Where a relay can keep its logs, and relays that do."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.relay.stores.redis_server import RedisServer, find_server

from . import machine
from .lab import BenchError, Lab
from .peers import Relay, relay
from .report import STORES

MEMORY, SQLITE, REDIS = STORES
# Those that several processes can share.
SHARED = (SQLITE, REDIS)


@dataclass(frozen=True, slots=True)
class Place:
    # As RELAY_STORE has it.
    address: str
    # The server that keeps the logs, where they are kept by one.
    pid: int | None = None

    def cpu_seconds(self) -> float:
        """What that server has taken, which is no part of what the relay takes."""
        return machine.cpu_seconds(self.pid) if self.pid else 0.0

    def memory_kib(self) -> float:
        return machine.memory_kib(self.pid) if self.pid else 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A relay, and the place where it keeps its logs."""

    relay: Relay
    place: Place


Keepers: TypeAlias = Mapping[str, Kept]


@contextlib.contextmanager
def place(lab: Lab, name: str) -> Iterator[Place]:
    """An empty one.  Raises BenchError where it cannot be had."""
    if name == MEMORY:
        yield Place("memory:")
        return
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=lab.folder) as folder:
        if name == SQLITE:
            yield Place(f"sqlite:{folder}/relay.db")
            return
        try:
            server = RedisServer(Path(folder))
            server.start()
        except RuntimeError as error:
            raise BenchError(str(error)) from None
        try:
            # It runs where the benchmark does, on the load's core: as if on another machine.
            yield Place(server.url, int(server.do("INFO", "server")["process_id"]))
        finally:
            server.kill()


@contextlib.contextmanager
def kept(lab: Lab, name: str, workers: int = 1, cores: Sequence[int] = ()) -> Iterator[Kept]:
    with (
        place(lab, name) as where,
        relay(lab, store=where.address, workers=workers, cores=cores) as peer,
    ):
        yield Kept(peer, where)


def present(lab: Lab) -> tuple[str, ...]:
    """The stores that can be measured here; one that cannot is said to be missing."""
    try:
        find_server()
    except RuntimeError as error:
        lab.problems.append(str(error))
        return tuple(name for name in STORES if name != REDIS)
    return STORES
