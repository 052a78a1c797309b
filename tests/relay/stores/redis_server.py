"""A Redis of the tests' own: started on a free port, restarted, killed."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from redis import Redis

# Its own word for it, once it listens and has loaded what it had kept.
_READY = "Ready to accept connections"


def find_server() -> str:
    for name in (os.environ.get("REDIS_SERVER"), "redis-server", "valkey-server"):
        found = name and shutil.which(name)
        if found:
            return found
    raise RuntimeError("redis-server is missing.  Run: sh .ci/redis")


def free_port() -> int:
    """One that leaves room for the port of a cluster, which is 10,000 higher."""
    while True:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            if port + 10_000 < 2**16:
                return port


class RedisServer:
    """It keeps nothing when it is stopped unless its options say so."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = ["--save", "", "--appendonly", "no", *options]
        self._process: subprocess.Popen[str] | None = None
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                find_server(), "--port", str(self.port), "--bind", "127.0.0.1",
                "--dir", str(self._folder), *self._options,
            ],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        output = []
        for line in self._process.stdout:
            output.append(line)
            if _READY in line:
                break
        else:
            raise RuntimeError("".join(output))
        # Nobody reads what it says from here on.
        self.do("CONFIG", "SET", "loglevel", "warning")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None

    def stand_still(self) -> None:
        """It goes on when it is told to, with what it was sent meanwhile."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def restart(self) -> None:
        self.kill()
        self.start()

    def do(self, *command: str | bytes | int, password: str | None = None) -> Any:
        with Redis(port=self.port, password=password) as client:
            return client.execute_command(*command)
