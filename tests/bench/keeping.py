"""I/stores: what a thread costs on which nothing happens any more."""

import contextlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from statistics import linear_regression

from .lab import Lab
from .load import Sample
from .peers import Run
from .relay_client import RelayClient
from .report import StoreRow, interleave
from .stores import MEMORY, REDIS, Kept, kept, present

# What memory is taken once and for all is taken by these.
FIRST = 1000
THREADS = 4000
# Python collects what is in cycles once there is much of it, and so its memory grows in steps: it
# is looked at each time that so many threads have come, and what counts is the slope.
STEP = 500
CLIENTS = 8
SETTLE_SECONDS = 0.5


def idle_threads(lab: Lab, runs: int) -> list[StoreRow]:
    """I/stores: 4,000 threads of which each has had a run and is still open, for each store."""
    with ExitStack() as stack:
        keepers = {name: stack.enter_context(kept(lab, name)) for name in present(lab)}
        measures: Mapping[str, Callable[[], Sample]] = {
            name: partial(_grow, one) for name, one in keepers.items()
        }
        # More threads in the same relay: a relay that has been measured is no fresh one.
        middle = interleave("I", min(runs, 1), measures)
    here = {name: sample["kib_per_thread"] for name, sample in middle.items()}
    logs = {MEMORY: middle[MEMORY]["log_kib"]}
    if REDIS in middle:
        logs[REDIS] = middle[REDIS]["server_kib_per_thread"]
    return [
        StoreRow(
            scenario="I/stores", figure="KiB (PSS) per idle thread, its log apart", here=here,
            target="≤ 4", met={name: kib <= 4 for name, kib in here.items()},
        ),
        StoreRow(
            scenario="I/stores", figure="KiB of its log: in memory, or of redis-server", here=logs,
            has_ratio=False,
        ),
    ]  # fmt: skip


def _grow(one: Kept) -> Sample:
    relay, place = one.relay.server, one.place
    numbers = range(FIRST, FIRST + THREADS + 1, STEP)
    sizes, place_sizes = [], []
    done = 0
    for number in numbers:
        _have_runs(relay.port, done, number)
        done = number
        time.sleep(SETTLE_SECONDS)
        sizes.append(relay.memory_kib())
        place_sizes.append(place.memory_kib())
    # Only in memory is the log a part of the relay.
    log = one.relay.client.log_bytes(_thread(FIRST)) / 1024
    return {
        "kib_per_thread": linear_regression(numbers, sizes).slope
        - (log if place.address == "memory:" else 0),
        "log_kib": log,
        "server_kib_per_thread": linear_regression(numbers, place_sizes).slope,
    }


def _have_runs(port: int, first: int, end: int) -> None:
    """One for each thread, a handful at a time; all of them have ended then."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [
            pool.submit(_have_some, port, range(first + n, end, CLIENTS)) for n in range(CLIENTS)
        ]:
            done.result()


def _have_some(port: int, numbers: range) -> None:
    with contextlib.closing(RelayClient(port)) as client:
        for number in numbers:
            client.start_run(_thread(number), Run(events=1).spec())
        client.wait_for_runs()


def _thread(number: int) -> str:
    return f"thread_bench_idle_{number}"
