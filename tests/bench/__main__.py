"""The command: `python -m tests.bench [SCENARIO…] [--runs N]`.

Starts everything it needs on free ports of loopback and stops it in the end.  A target that is
missed is said, and is no error; a figure that could not be had is one.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from . import holding, keeping, machine, reducers, sharing, storing, streaming
from .lab import BenchError, Lab, open_lab
from .report import Line, say, summary, tables

OPEN_FILES = 16_000

Scenario: TypeAlias = Callable[[Lab, int], Sequence[Line]]

SCENARIOS: Mapping[str, Scenario] = {
    "A1": partial(streaming.one_to_one, name="A1", upstream="assistants"),
    "A1R": partial(streaming.one_to_one, name="A1R", upstream="responses"),
    "A2": streaming.flat_out,
    "P1000": partial(streaming.fan_out, followers=1000),
    "P5000": partial(streaming.fan_out, followers=5000),
    "S1000": streaming.fast_fan_out,
    "C": holding.resume,
    "D": holding.idle,
    "E": holding.slow,
    "R": reducers.reducers,
    "P1000/stores": storing.fan_out,
    "A1/stores": storing.one_to_one,
    "A2/stores": storing.flat_out,
    "C/stores": storing.resume,
    "I/stores": keeping.idle_threads,
    "W/stores": sharing.workers,
}


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    server_core, load_core = machine.two_cores()
    machine.raise_file_limit(OPEN_FILES)
    os.sched_setaffinity(0, {load_core})
    for line in machine.describe(server_core, load_core):
        say(line)
    began = time.monotonic()
    try:
        with open_lab(server_core, load_core) as lab:
            rows = _measure(lab, arguments.scenario or list(SCENARIOS), arguments.runs)
            problems = list(dict.fromkeys(lab.problems))
    except BenchError as error:
        say(f"nothing was measured: {error}")
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    say(f"\n{tables(rows)}\n\n{summary(rows)}; {time.monotonic() - began:.0f} s")
    for problem in problems:
        say(f"NOT MEASURED: {problem}")
    return 1 if problems else 0


def _measure(lab: Lab, names: Sequence[str], runs: int) -> list[Line]:
    rows: list[Line] = []
    for name in names:
        say(f"\n{name}: {_about(SCENARIOS[name])}")
        try:
            rows += SCENARIOS[name](lab, runs)
        except (BenchError, OSError, subprocess.SubprocessError) as error:
            say(f"  {error}")
            lab.problems.append(f"{name}: {error}")
    return rows


def _about(scenario: Scenario) -> str:
    function = scenario.func if isinstance(scenario, partial) else scenario
    return (function.__doc__ or "").partition(": ")[2].partition("\n\n")[0]


def _scenario(name: str) -> str:
    # Not `choices`: argparse holds even an empty list against them.
    if name not in SCENARIOS:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(SCENARIOS)}")
    return name


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = ", ".join(SCENARIOS)
    parser.add_argument("scenario", nargs="*", type=_scenario, help=f"of {names}; else all")
    parser.add_argument("--runs", type=int, default=3, help="of which the median counts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
