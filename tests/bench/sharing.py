"""W/stores: a relay of two processes beside a relay of one."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product

from .lab import BenchError, Lab, Server
from .load import Sample
from .peers import Run
from .report import StoreRow, interleave
from .stores import SHARED, Kept, kept, present
from .streaming import stream

PROCESSES = 2
ONE_RUN = partial(stream, run=Run(events=60, rate=20, delay_seconds=0.5), followers=1000)
MANY_RUNS = partial(
    stream, run=Run(events=100, rate=50, delay_seconds=3), followers=200, threads=200
)
# So that each process has had one.
FIRST_RUNS = 32
REST_SECONDS = 0.3
# A process that takes less of that time has started.
AT_REST = 0.1
START_SECONDS = 20.0


def workers(lab: Lab, runs: int) -> list[StoreRow]:
    """W/stores: P1000 and A1 with a relay of two processes, in times of what one process takes."""
    names = [name for name in present(lab) if name in SHARED]
    with ExitStack() as stack:
        keepers = {
            (name, processes): stack.enter_context(_shared(lab, name, processes))
            for name, processes in product(names, (1, PROCESSES))
        }
        return [
            *_rows(lab, min(runs, 2), "P1000", ONE_RUN, keepers),
            *_rows(lab, min(runs, 1), "A1", MANY_RUNS, keepers),
        ]


def _rows(
    lab: Lab,
    runs: int,
    load: str,
    measure: Callable[..., Sample],
    keepers: Mapping[tuple[str, int], Kept],
) -> list[StoreRow]:
    measures = {
        f"{name}, {processes}": partial(measure, lab, one.relay)
        for (name, processes), one in keepers.items()
    }
    middle = interleave(f"W {load}", runs, measures)
    figures = {"CPU of all": "us_per_event", "CPU of the busiest": "busiest_us"}
    return [
        StoreRow(
            scenario="W/stores", figure=f"{load}, {PROCESSES} processes: {figure}, x one process",
            has_ratio=False,
            here={
                name: middle[f"{name}, {PROCESSES}"][key] / middle[f"{name}, 1"][key]
                for name in dict.fromkeys(name for name, _ in keepers)
            },
        )
        for figure, key in figures.items()
    ]  # fmt: skip


@contextmanager
def _shared(lab: Lab, name: str, processes: int) -> Iterator[Kept]:
    """All of its processes have started, and had runs."""
    cores = (lab.server_core, lab.load_core)
    with kept(lab, name, processes, cores) as one:
        _wait_until_at_rest(one.relay.server)
        one.relay.play([f"thread_bench_first_{n}" for n in range(FIRST_RUNS)], Run(events=10))
        one.relay.settle()
        yield one


def _wait_until_at_rest(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        before = server.cpu_seconds()
        time.sleep(REST_SECONDS)
        if server.cpu_seconds() - before < AT_REST * REST_SECONDS:
            return
    raise BenchError("the processes of the relay do not come to rest")
