"""A1, A2, P and S: runs that stream while others follow."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count

from .lab import Lab
from .load import Load, Sample, follow
from .peers import Peer, Run, c_relay, direct, floor, nchan, relay
from .report import Row, all_came, interleave

_numbers = count(1)


def one_to_one(lab: Lab, runs: int, *, name: str, upstream: str) -> list[Row]:
    """A1: 200 runs of 50 events a second, each with a follower of its own; A1R is of Responses."""
    run = Run(events=250, rate=50, delay_seconds=3)
    with ExitStack() as stack:
        peers: Mapping[str, Peer] = {
            "relay": stack.enter_context(relay(lab, upstream)),
            "C relay": stack.enter_context(c_relay(lab, upstream)),
            "direct": stack.enter_context(direct(lab, upstream)),
        }
        measures = {
            peer_name: partial(stream, lab, peer, run, followers=200, threads=200)
            for peer_name, peer in peers.items()
        }
        middle = interleave(name, runs, measures)
    here, base = middle["relay"], middle["C relay"]
    added = {who: sample["p99_ms"] - middle["direct"]["p99_ms"] for who, sample in middle.items()}
    came = all_came(here)
    return [
        Row(
            scenario=name, figure="CPU, µs per event",
            here=here["us_per_event"], floor=base["us_per_event"],
            target="≤ 1.5 x C relay",
            is_met=came and here["us_per_event"] <= 1.5 * base["us_per_event"],
        ),
        Row(
            scenario=name, figure="p99 added, ms", here=added["relay"], floor=added["C relay"],
            target="≤ 0.5", is_met=came and added["relay"] <= 0.5, has_ratio=False,
        ),
    ]  # fmt: skip


def flat_out(lab: Lab, runs: int) -> list[Row]:
    """A2: one run to one follower, as fast as it goes."""
    run = Run(events=400_000, delay_seconds=0.5)
    with relay(lab) as ours, c_relay(lab) as copy:
        peers: Mapping[str, Peer] = {"relay": ours, "C relay": copy}
        measures = {
            name: partial(stream, lab, peer, run, followers=1) for name, peer in peers.items()
        }
        middle = interleave("A2", runs, measures)
    here, base = middle["relay"], middle["C relay"]
    return [
        Row(
            scenario="A2", figure="events/s",
            here=here["events_per_s"], floor=base["events_per_s"], digits=0,
            target="≥ 0.25 x C relay",
            is_met=all_came(here) and here["events_per_s"] >= 0.25 * base["events_per_s"],
        )
    ]  # fmt: skip


def fan_out(lab: Lab, runs: int, *, followers: int) -> list[Row]:
    """P1000 and P5000: one run of 20 events a second to many followers."""
    name = f"P{followers}"
    run = Run(events=60, rate=20, delay_seconds=0.5)
    middle = _beside_hubs(lab, runs, name, run, followers)
    here, base = middle["relay"], middle["C floor"]
    cost, hub = here["us_per_event"], _of(middle, "nchan", "us_per_event")
    is_met = all_came(here) and cost <= 1.3 * base["us_per_event"]
    return [
        Row(
            scenario=name, figure="CPU, µs per delivery", here=cost, floor=base["us_per_event"],
            other=hub, target="≤ 1.3 x C floor, ≤ nchan",
            is_met=is_met and (None if hub is None else cost <= hub),
        ),
        _latency(name, "p50_ms", middle),
        _latency(name, "p99_ms", middle),
    ]  # fmt: skip


def fast_fan_out(lab: Lab, runs: int) -> list[Row]:
    """S1000: 200 events a second to 1,000 followers."""
    run = Run(events=400, rate=200, delay_seconds=0.5)
    middle = _beside_hubs(lab, runs, "S1000", run, 1000)
    here, base = middle["relay"], middle["C floor"]
    asked = run.rate * 1000
    p99 = here["p99_ms"]
    return [
        Row(
            scenario="S1000", figure="deliveries/s", digits=0, here=here["events_per_s"],
            floor=base["events_per_s"], other=_of(middle, "nchan", "events_per_s"),
            target=f"all {asked:,} (≥ 98 %)",
            is_met=all_came(here) and here["events_per_s"] >= 0.98 * asked,
        ),
        Row(
            scenario="S1000", figure="p99, ms", here=p99, floor=base["p99_ms"], has_ratio=False,
            other=_of(middle, "nchan", "p99_ms"), target="≤ 25",
            is_met=all_came(here) and p99 <= 25,
        ),
    ]  # fmt: skip


def stream(  # noqa: PLR0913  (what happens, by name)
    lab: Lab,
    peer: Peer,
    run: Run,
    *,
    followers: int,
    threads: int = 1,
    beside: Callable[[], float] = float,
) -> Sample:
    """All follow, then the runs start.  The CPU is counted from when every run has been accepted
    and before its first delta, until each follower has all of them; `beside` tells that of
    another server, which counts apart."""
    base = f"thread_bench_{next(_numbers)}"
    thread = f"{base}_{{}}" if threads > 1 else base
    path = peer.feed(thread, run)
    load = Load(port=peer.server.port, path=path, followers=followers, events=run.events)
    with follow(lab, load) as open_followers:
        peer.play([thread.replace("{}", str(number)) for number in range(threads)], run)
        before, beside_before = peer.server.cpu_of_each(), beside()
        result = open_followers.result()
        after, beside_spent = peer.server.cpu_of_each(), beside() - beside_before
    peer.settle()
    spent = [seconds - before.get(process, 0) for process, seconds in after.items()]
    of_one_event = 1e6 / max(1, result["events"])
    return {
        **result,
        "us_per_event": sum(spent) * of_one_event,
        "busiest_us": max(spent) * of_one_event,
        "beside_us": beside_spent * of_one_event,
    }


def _beside_hubs(lab: Lab, runs: int, name: str, run: Run, followers: int) -> Mapping[str, Sample]:
    with ExitStack() as stack:
        peers: dict[str, Peer] = {
            "relay": stack.enter_context(relay(lab)),
            "C floor": stack.enter_context(floor(lab)),
            **stack.enter_context(nchan(lab)),
        }
        measures: dict[str, Callable[[], Sample]] = {
            peer_name: partial(stream, lab, peer, run, followers=followers)
            for peer_name, peer in peers.items()
        }
        return interleave(name, runs, measures)


def _latency(scenario: str, key: str, middle: Mapping[str, Sample]) -> Row:
    return Row(
        scenario=scenario,
        figure=f"{key.removesuffix('_ms')}, ms",
        here=middle["relay"][key],
        floor=middle["C floor"][key],
        other=_of(middle, "nchan", key),
        has_ratio=False,
    )


def _of(middle: Mapping[str, Sample], peer: str, key: str) -> float | None:
    """Nothing, where that peer is not installed."""
    return middle[peer][key] if peer in middle else None
