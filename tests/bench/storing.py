"""P1000, A1, A2 and C once more, for each store: what it costs to keep what is sent."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

from .holding import catch_up, halfway
from .lab import Lab
from .load import Sample
from .peers import Run
from .report import StoreRow, all_came, interleave
from .stores import MEMORY, REDIS, Keepers, Kept, kept, present
from .streaming import stream

Samples = Mapping[str, Sample]


def fan_out(lab: Lab, runs: int) -> list[StoreRow]:
    """P1000/stores: one run of 20 events a second to 1,000 followers, for each store."""
    run = Run(events=60, rate=20, delay_seconds=0.5)
    middle = _beside(lab, runs, "P1000", lambda one: _stream(lab, one, run, followers=1000))
    return [
        _cpu("P1000/stores", "CPU, µs per delivery", middle, at_most=2.0),
        _of_server("P1000/stores", "CPU of redis-server, µs per delivery", middle),
        _added("P1000/stores", middle, at_most=2.0),
    ]


def one_to_one(lab: Lab, runs: int) -> list[StoreRow]:
    """A1/stores: 200 runs of 50 events a second, a follower each, for each store."""
    run = Run(events=150, rate=50, delay_seconds=3)
    middle = _beside(
        lab, min(runs, 2), "A1", lambda one: _stream(lab, one, run, followers=200, threads=200)
    )
    return [
        _cpu("A1/stores", "CPU, µs per event", middle),
        _of_server("A1/stores", "CPU of redis-server, µs per event", middle),
        _added("A1/stores", middle, at_most=2.0),
    ]


def flat_out(lab: Lab, runs: int) -> list[StoreRow]:
    """A2/stores: one run to one follower, as fast as it goes, for each store."""
    run = Run(events=200_000, delay_seconds=0.5)
    middle = _beside(lab, runs, "A2", lambda one: _stream(lab, one, run, followers=1))
    here = _figures(middle, "events_per_s")
    least = here[MEMORY] / 2
    return [
        StoreRow(
            scenario="A2/stores", figure="events/s", here=here, digits=0, target="≥ 0.5 x memory",
            met={
                name: all_came(middle[name]) and rate >= least
                for name, rate in here.items() if name != MEMORY
            },
        )
    ]  # fmt: skip


def resume(lab: Lab, runs: int) -> list[StoreRow]:
    """C/stores: 1,000 followers come back in the middle of 5,000 events, for each store."""
    with ExitStack() as stack:
        keepers = _open(lab, stack)
        loads = {name: halfway(one.relay) for name, one in keepers.items()}
        measures = {name: partial(catch_up, lab, load) for name, load in loads.items()}
        middle = interleave("C", runs, measures)
    here = _figures(middle, "from_start_s")
    came = {name: all_came(sample) for name, sample in middle.items()}
    return [
        StoreRow(
            scenario="C/stores", figure="seconds until all have 2,500 events", here=here,
            target="≤ 2", met={name: came[name] and here[name] <= 2 for name in here},
        )
    ]  # fmt: skip


def _beside(lab: Lab, runs: int, name: str, measure: Callable[[Kept], Sample]) -> Samples:
    with ExitStack() as stack:
        keepers = _open(lab, stack)
        measures = {store: partial(measure, one) for store, one in keepers.items()}
        return interleave(name, runs, measures)


def _open(lab: Lab, stack: ExitStack) -> Keepers:
    return {name: stack.enter_context(kept(lab, name)) for name in present(lab)}


def _stream(lab: Lab, one: Kept, run: Run, *, followers: int, threads: int = 1) -> Sample:
    return stream(
        lab, one.relay, run, followers=followers, threads=threads, beside=one.place.cpu_seconds
    )


def _cpu(scenario: str, figure: str, middle: Samples, at_most: float | None = None) -> StoreRow:
    here = _figures(middle, "us_per_event")
    if at_most is None:
        return StoreRow(scenario=scenario, figure=figure, here=here)
    most = at_most * here[MEMORY]
    return StoreRow(
        scenario=scenario, figure=figure, here=here, target=f"≤ {at_most:g} x memory",
        met={
            name: all_came(middle[name]) and cost <= most
            for name, cost in here.items() if name != MEMORY
        },
    )  # fmt: skip


def _of_server(scenario: str, figure: str, middle: Samples) -> StoreRow:
    here = {name: sample["beside_us"] for name, sample in middle.items() if name == REDIS}
    return StoreRow(scenario=scenario, figure=figure, here=here, has_ratio=False)


def _added(scenario: str, middle: Samples, at_most: float) -> StoreRow:
    """What a store adds to what memory takes, which is shown as it is."""
    base = middle[MEMORY]["p50_ms"]
    here = {name: sample["p50_ms"] - base for name, sample in middle.items() if name != MEMORY}
    return StoreRow(
        scenario=scenario, figure=f"p50 added to the {base:.2f} ms of memory, ms", here=here,
        target=f"≤ {at_most:g}", has_ratio=False,
        met={name: all_came(middle[name]) and added <= at_most for name, added in here.items()},
    )  # fmt: skip


def _figures(middle: Samples, key: str) -> dict[str, float]:
    return {name: sample[key] for name, sample in middle.items()}
