"""The load generator as the scenarios use it, and what it has seen."""

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .lab import BenchError, Lab, stop

# What one go at a scenario has measured, by name.
Sample: TypeAlias = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Who follows, and what each is to get."""

    port: int
    # "{}" in it becomes the follower's number.
    path: str
    followers: int
    # 0: the followers just stay.
    events: int = 0
    first: int = 0
    stalled: int = 0
    header: str = ""
    # How many connect at a time.
    connecting: int = 256
    seconds: float = 60.0

    def arguments(self) -> list[str]:
        numbers = {
            "p": self.port, "n": self.followers, "e": self.events, "g": self.first,
            "S": self.stalled, "c": self.connecting, "T": self.seconds,
        }  # fmt: skip
        options = [text for name, value in numbers.items() for text in (f"-{name}", str(value))]
        hold = [] if self.events else ["-w"]
        return [*options, "-P", self.path, "-H", self.header, *hold]


@dataclass(frozen=True, slots=True)
class Followers:
    """Connections that are open."""

    load: Load
    process: subprocess.Popen[str]

    def leave(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def are_done(self) -> bool:
        return self.process.poll() is not None

    def result(self) -> Sample:
        """Waits until all have got their events, or for the load's `seconds`."""
        try:
            output, _ = self.process.communicate(timeout=self.load.seconds + 30)
        except subprocess.TimeoutExpired:
            raise BenchError("the load generator does not end") from None
        sample: dict[str, float] = json.loads(output)
        wanted = self.load.followers - self.load.stalled if self.load.events else 0
        return {
            **sample,
            # Any of these makes a figure worthless, however good it looks.
            "missing": max(0, wanted - sample["complete"]),
            "wrong": sample["gaps"] + sample["doubles"],
        }


@contextlib.contextmanager
def follow(lab: Lab, load: Load) -> Iterator[Followers]:
    """Open the connections; goes on once every one has its head."""
    process = lab.start([lab.tool("lg"), *load.arguments()])
    try:
        assert process.stdout
        words = process.stdout.readline().split()
        if len(words) != 3 or int(words[1]) != load.followers:
            raise BenchError(f"of {load.followers} followers {words[1:2]} could connect")
        yield Followers(load, process)
    finally:
        stop(process)
