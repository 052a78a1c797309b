"""The C tools, built anew for each run, and every process that the benchmark starts."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from . import machine

SOURCES = Path(__file__).parent / "lab"
TOOLS = ("lg", "up", "relay", "floor", "pub")
START_SECONDS = 20.0
STOP_SECONDS = 10.0


class BenchError(Exception):
    """Something could not be measured; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[str]
    port: int
    log: Path

    def cpu_seconds(self) -> float:
        return machine.cpu_seconds(self.process.pid)

    def cpu_of_each(self) -> Mapping[int, float]:
        """By process, where it consists of several."""
        return machine.cpu_of_each(self.process.pid)

    def memory_kib(self) -> float:
        return machine.memory_kib(self.process.pid)


@dataclass(frozen=True, slots=True)
class Lab:
    folder: Path
    server_core: int
    # Everything that is not measured runs on the other one.
    load_core: int
    # Where the synthetic Assistants server listens.
    upstream_port: int
    # What could not be measured, said again at the end.
    problems: list[str] = field(default_factory=list)

    def tool(self, name: str) -> str:
        return str(self.folder / name)

    def start(
        self,
        command: Sequence[str],
        *,
        cores: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        output: int | IO[str] = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """On the load's core, unless others are named."""
        names = ",".join(map(str, cores or [self.load_core]))
        return subprocess.Popen(
            ["taskset", "--cpu-list", names, *command],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=None if output == subprocess.PIPE else subprocess.STDOUT,
            text=True,
        )

    @contextlib.contextmanager
    def serve(
        self,
        command: Sequence[str],
        port: int,
        *,
        cores: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[Server]:
        """Start a server and wait until it listens; stop it in the end, whatever happened.

        It has the server's core, unless others are named.
        """
        log = self.folder / f"{Path(command[0]).name}-{port}.log"
        with log.open("w") as output:
            process = self.start(
                command, cores=cores or [self.server_core], environment=environment, output=output
            )
        try:
            server = Server(process, port, log)
            _wait_until_it_listens(server, command)
            yield server
        finally:
            stop(process)


@contextlib.contextmanager
def open_lab(server_core: int, load_core: int) -> Iterator[Lab]:
    with tempfile.TemporaryDirectory(prefix="thread-relay-bench-") as name:
        _build(Path(name))
        lab = Lab(Path(name), server_core, load_core, free_port())
        command = [lab.tool("up"), str(lab.upstream_port)]
        with lab.serve(command, lab.upstream_port, cores=[load_core]):
            yield lab


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()


def _build(folder: Path) -> None:
    for needed, package in (("gcc", "gcc libc6-dev"), ("taskset", "util-linux")):
        if not shutil.which(needed):
            raise BenchError(f"{needed} is not installed: apt-get install {package}")
    for tool in TOOLS:
        source = SOURCES / f"{tool}.c"
        subprocess.run(["gcc", "-O2", "-o", folder / tool, source], check=True, timeout=60)


def _wait_until_it_listens(server: Server, command: Sequence[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        time.sleep(0.02)
    said = "\n".join(server.log.read_text().splitlines()[-15:])
    raise BenchError(f"{' '.join(command)} does not listen; it said:\n{said}")
