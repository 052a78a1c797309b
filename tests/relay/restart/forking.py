"""Relays that start at once: a process that has imported the relay forks one for each life.

    python -m tests.relay.restart.forking SOCKET

Each is a process of its own, and does what `python -m relay serve` does; it is only spared the
imports.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[3]
_LONGEST = 65_536

# The command, and what is imported only once its settings are known.
_NEEDED = [
    "httpcore2",
    "relay.command",
    "relay.logs.redis",
    "relay.logs.sqlite",
    "relay.upstreams.assistants",
    "relay.upstreams.responses",
    "uvloop",
]


class Life:
    """A relay's process, from its start to its end."""

    def __init__(self, forks: "Forks", pid: int, output: asyncio.StreamReader) -> None:
        self._forks = forks
        # Nobody else's before this process is let go of in `ended`.
        self.pid = pid
        # What it writes out.  This is at its end when the process is.
        self.output = output

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def ended(self) -> None:
        while await self.output.read(_LONGEST):
            pass
        self._forks.ask({"ended": self.pid})


class Forks:
    """The process that forks.  It ends with whoever started it, and its relays end with it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.wait()

    async def start(
        self, folder: Path, environment: Mapping[str, str], *, afresh: bool = False
    ) -> Life:
        """`afresh` is for a relay that makes processes itself: it is run as any program."""
        reading, writing = os.pipe()
        output = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", buffering=0)
        )
        order = {"folder": str(folder), "environment": dict(environment), "afresh": afresh}
        pid = self.ask(order, writing)
        os.close(writing)
        return Life(self, pid, output)

    def ask(self, order: Mapping[str, Any], *files: int) -> int:
        """It answers at once: a fork takes some milliseconds."""
        socket.send_fds(self._socket, [json.dumps(order).encode()], files)
        return int(self._socket.recv(_LONGEST))


def _serve(asking: socket.socket) -> None:
    for name in _NEEDED:
        import_module(name)
    # What was imported is not looked through for garbage in each life.
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    while True:
        text, files, *_ = socket.recv_fds(asking, _LONGEST, 1)
        if not text:
            break
        order = json.loads(text)
        pid = order.get("ended") or os.fork()
        if not pid:
            asking.close()
            _live(order, *files)
        if files:
            alive.add(pid)
            os.close(files[0])
        else:
            os.waitpid(pid, 0)
            alive.remove(pid)
        asking.sendall(b"%d" % pid)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _live(order: Mapping[str, Any], output: int) -> None:
    os.dup2(output, sys.stdout.fileno())
    os.close(output)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["afresh"]:
        os.execl(sys.executable, sys.executable, "-m", "relay", "serve")  # noqa: S606  (no shell)
    sys.exit(import_module("relay.__main__").main(["serve"]))


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as whoever_started_it:
        _serve(whoever_started_it)
