"""The relay, and what it is measured beside.  All send the same frames to the same followers."""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Protocol

from .lab import BenchError, Lab, Server, free_port, stop
from .relay_client import RelayClient

ROOT = Path(__file__).parents[2]
# A delivery must not fail because the log is too short for the scenario.
LOG_BOUNDS = {"RELAY_LOG_MAX_EVENTS": "1000000", "RELAY_LOG_MAX_BYTES": str(1 << 30)}


@dataclass(frozen=True, slots=True)
class Run:
    """What the upstream is to stream: so many text deltas, at a pace (0: as fast as it is read)."""

    events: int
    rate: int = 0
    delay_seconds: float = 0

    def spec(self, since: float = 0) -> str:
        """As lab/frames.h reads it; `since` are seconds of the delay that have passed."""
        delay = max(0, round((self.delay_seconds - since) * 1000))
        return f"bench:k={self.events}:r={self.rate}:d={delay}:"


class Peer(Protocol):
    @property
    def server(self) -> Server: ...

    def feed(self, thread: str, run: Run) -> str:
        """The path that a follower of a thread opens."""
        ...

    def play(self, threads: Sequence[str], run: Run) -> None:
        """Start the run on each thread, if it has not begun with the connection."""
        ...

    def settle(self) -> None:
        """Wait for what goes on when the followers have got all."""
        ...


@dataclass(frozen=True, slots=True)
class Relay:
    server: Server
    client: RelayClient

    def feed(self, thread: str, run: Run) -> str:
        return f"/threads/{thread}/events"

    def play(self, threads: Sequence[str], run: Run) -> None:
        began = time.monotonic()
        for thread in threads:
            self.client.start_run(thread, run.spec(time.monotonic() - began))

    def settle(self) -> None:
        self.client.wait_for_runs()


@contextlib.contextmanager
def relay(
    lab: Lab,
    upstream: str = "assistants",
    store: str = "memory:",
    workers: int = 1,
    cores: Sequence[int] = (),
) -> Iterator[Relay]:
    """The relay itself, as `python -m relay serve` starts it."""
    port = free_port()
    environment = {
        "PYTHONPATH": str(ROOT),
        "RELAY_UPSTREAM": upstream,
        "RELAY_STORE": store,
        "RELAY_WORKERS": str(workers),
        "RELAY_PORT": str(port),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{lab.upstream_port}/v1",
        "OPENAI_API_KEY": "none",
        **LOG_BOUNDS,
    }
    command = [sys.executable, "-m", "relay", "serve"]
    with (
        lab.serve(command, port, cores=cores, environment=environment) as server,
        contextlib.closing(RelayClient(port, is_spread=workers > 1)) as client,
    ):
        peer = Relay(server, client)
        # The first run imports half of the SDK, once for ever.
        peer.play(["thread_bench_first"], Run(events=10))
        peer.settle()
        yield peer


@dataclass(frozen=True, slots=True)
class Pull:
    """A server whose follower brings the run with its own request: the C relay, or nothing at all
    between the upstream and its reader."""

    server: Server
    upstream: str

    def feed(self, thread: str, run: Run) -> str:
        path = "responses" if self.upstream == "responses" else f"threads/{thread}/runs"
        return f"/v1/{path}?{run.spec()}"

    def play(self, threads: Sequence[str], run: Run) -> None:
        pass

    def settle(self) -> None:
        pass


@contextlib.contextmanager
def c_relay(lab: Lab, upstream: str = "assistants") -> Iterator[Pull]:
    """The floor of relaying: copies bytes (lab/relay.c)."""
    port = free_port()
    with lab.serve([lab.tool("relay"), str(port), str(lab.upstream_port)], port) as server:
        yield Pull(server, upstream)


@contextlib.contextmanager
def direct(lab: Lab, upstream: str = "assistants") -> Iterator[Pull]:
    """No relay: another copy of the upstream, read as it is."""
    port = free_port()
    with lab.serve([lab.tool("up"), str(port)], port, cores=[lab.load_core]) as server:
        yield Pull(server, upstream)


@dataclass(frozen=True, slots=True)
class Floor:
    server: Server

    def feed(self, thread: str, run: Run) -> str:
        return "/feed"

    def play(self, threads: Sequence[str], run: Run) -> None:
        with contextlib.closing(HTTPConnection("127.0.0.1", self.server.port, 10)) as connection:
            connection.request("POST", f"/run?{run.spec()}")
            connection.getresponse().read()

    def settle(self) -> None:
        pass


@contextlib.contextmanager
def floor(lab: Lab) -> Iterator[Floor]:
    """The floor of fan-out: makes frames and sends them (lab/floor.c)."""
    port = free_port()
    with lab.serve([lab.tool("floor"), str(port)], port) as server:
        yield Floor(server)


@dataclass(frozen=True, slots=True)
class Nchan:
    lab: Lab
    server: Server
    publishers: list[subprocess.Popen[str]]

    def feed(self, thread: str, run: Run) -> str:
        return f"/feed?id={thread}"

    def play(self, threads: Sequence[str], run: Run) -> None:
        for thread in threads:
            command = [self.lab.tool("pub"), str(self.server.port), thread, run.spec()]
            self.publishers.append(self.lab.start(command))

    def settle(self) -> None:
        while self.publishers:
            publisher = self.publishers.pop()
            publisher.communicate(timeout=60)
            if publisher.returncode:
                raise BenchError("nchan refused what was published")


@contextlib.contextmanager
def nchan(lab: Lab) -> Iterator[Mapping[str, Peer]]:
    """A hub written in C, to compare with; without it its column stays empty, which is said."""
    module = _nchan_module()
    if module is None:
        words = "nchan is not installed: apt-get install nginx-light libnginx-mod-nchan"
        lab.problems.append(words)
        yield {}
        return
    port = free_port()
    folder = lab.folder / "nginx"
    folder.mkdir(exist_ok=True)
    text = (Path(__file__).parent / "lab" / "nchan.conf").read_text()
    for mark, value in (("@MODULE@", module), ("@FOLDER@", folder), ("@PORT@", port)):
        text = text.replace(mark, str(value))
    (folder / "nginx.conf").write_text(text)
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with lab.serve(command, port) as server:
        peer = Nchan(lab, server, [])
        try:
            yield {"nchan": peer}
        finally:
            for publisher in peer.publishers:
                stop(publisher)


def _nchan_module() -> Path | None:
    if not shutil.which("nginx"):
        return None
    # nginx says on standard error how it was built.
    said = subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr
    folder = re.search(r"--modules-path=(\S+)", said)
    module = Path(folder[1] if folder else "") / "ngx_nchan_module.so"
    return module if module.exists() else None
