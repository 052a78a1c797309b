"""C, D and E: what it takes to catch up, to wait, and to be slow."""

import time
from collections.abc import Callable
from functools import partial

from .lab import Lab
from .load import Load, Sample, follow
from .peers import Peer, Relay, Run, floor, relay
from .report import Row, all_came, interleave

KIB_PER_MIB = 1024
# After the last connect, until the server's memory is as it stays.
SETTLE_SECONDS = 1.5
SAMPLE_SECONDS = 0.25

# What followers come back to, and where.
RESUMED = "thread_bench_resume"
LONG_RUN = Run(events=5000)
MIDDLE = 2500
RETURN = partial(
    Load, followers=1000, connecting=1000, events=LONG_RUN.events - MIDDLE, first=MIDDLE
)


def resume(lab: Lab, runs: int) -> list[Row]:
    """C: 1,000 followers come back in the middle of a run of 5,000 events, all at once."""
    with relay(lab) as ours, floor(lab) as base:
        base.play([RESUMED], LONG_RUN)
        loads = {
            "relay": halfway(ours),
            "C floor": RETURN(port=base.server.port, path=f"/feed?from={MIDDLE}"),
        }
        measures = {name: partial(catch_up, lab, one) for name, one in loads.items()}
        middle = interleave("C", runs, measures)
        memory = ours.server.memory_kib() / KIB_PER_MIB
    here, base_sample = middle["relay"], middle["C floor"]
    return [
        Row(
            scenario="C", figure="seconds until all have 2,500 events",
            here=here["from_start_s"], floor=base_sample["from_start_s"], target="≤ 0.6",
            is_met=all_came(here) and here["from_start_s"] <= 0.6,
        ),
        Row(scenario="C", figure="MiB of the relay afterwards", here=memory, digits=0),
    ]  # fmt: skip


def idle(lab: Lab, runs: int) -> list[Row]:
    """D: 5,000 followers of a thread on which nothing happens."""
    measures = {"relay": partial(_idle_relay, lab), "C floor": partial(_idle_floor, lab)}
    middle = interleave("D", min(runs, 2), measures)
    here, base = middle["relay"], middle["C floor"]
    return [
        Row(
            scenario="D", figure="KiB (PSS) per follower", here=here["kib_per_follower"],
            floor=base["kib_per_follower"], target="≤ 16",
            is_met=here["kib_per_follower"] <= 16,
        ),
        Row(
            scenario="D", figure="CPU, µs per connect", here=here["us_per_connect"],
            floor=base["us_per_connect"], digits=0,
        ),
    ]  # fmt: skip


def slow(lab: Lab, runs: int) -> list[Row]:
    """E: ten followers read a run of 20,000 events; then again, beside ten that stop reading."""
    measures: dict[str, Callable[[], Sample]] = {
        "before": partial(_with_stalled, lab, 0),
        "stalled": partial(_with_stalled, lab, 10),
    }
    middle = interleave("E", min(runs, 1), measures)
    before, beside = middle["before"], middle["stalled"]
    each = (beside["grown_mib"] - before["grown_mib"]) / 10
    later = beside["p99_ms"] - before["p99_ms"]
    lost = 10 - beside["stalled_complete"] + beside["stalled_gaps"] + beside["stalled_doubles"]
    came = all_came(before, beside)
    return [
        Row(
            scenario="E", figure="MiB per stalled reader beyond the log", here=each,
            target="≤ 2", is_met=each <= 2,
        ),
        Row(
            scenario="E", figure="p99 of the others, ms later than before", here=later,
            target="≤ 1", is_met=came and later <= 1,
        ),
        Row(
            scenario="E", figure="stalled readers that miss events when they read on",
            here=lost, digits=0,
        ),
    ]  # fmt: skip


def halfway(peer: Relay) -> Load:
    """Let a run end, and say how followers come back in the middle of it."""
    peer.play([RESUMED], LONG_RUN)
    peer.settle()
    header = f"Last-Event-ID: {peer.client.cursor_after(RESUMED, MIDDLE - 1)}"
    return RETURN(port=peer.server.port, path=peer.feed(RESUMED, LONG_RUN), header=header)


def catch_up(lab: Lab, load: Load) -> Sample:
    with follow(lab, load) as followers:
        return followers.result()


def _idle_relay(lab: Lab) -> Sample:
    with relay(lab) as peer:
        return _hold(lab, peer)


def _idle_floor(lab: Lab) -> Sample:
    with floor(lab) as peer:
        return _hold(lab, peer)


def _hold(lab: Lab, peer: Peer) -> Sample:
    memory, cpu = peer.server.memory_kib(), peer.server.cpu_seconds()
    path = peer.feed("thread_bench_idle", Run(events=0))
    load = Load(port=peer.server.port, path=path, followers=5000)
    with follow(lab, load) as followers:
        time.sleep(SETTLE_SECONDS)
        grown = peer.server.memory_kib() - memory
        spent = peer.server.cpu_seconds() - cpu
        followers.leave()
        result = followers.result()
    return {
        **result,
        "kib_per_follower": grown / load.followers,
        "us_per_connect": spent / load.followers * 1e6,
    }


def _with_stalled(lab: Lab, stalled: int) -> Sample:
    run = Run(events=20_000, rate=1000, delay_seconds=0.5)
    thread = "thread_bench_slow"
    with relay(lab) as peer:
        load = Load(
            port=peer.server.port, path=peer.feed(thread, run), followers=10 + stalled,
            stalled=stalled, events=run.events,
        )  # fmt: skip
        before = highest = peer.server.memory_kib()
        with follow(lab, load) as followers:
            peer.play([thread], run)
            while not followers.are_done():
                time.sleep(SAMPLE_SECONDS)
                highest = max(highest, peer.server.memory_kib())
            result = followers.result()
        peer.settle()
    return {
        **result,
        "peak_mib": highest / KIB_PER_MIB,
        "grown_mib": (highest - before) / KIB_PER_MIB,
    }
