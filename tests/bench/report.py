"""Figures beside their targets, as a table in Markdown."""

import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .load import Sample

HEAD = ("scenario", "figure", "here", "floor", "x floor", "nchan / SDK", "target", "")
# Of these the worst go counts, not the one in the middle.
LOSSES = ("missing", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    scenario: str
    figure: str
    here: float
    floor: float | None = None
    # nchan's figure, or that of the SDK's accumulator.
    other: float | None = None
    target: str = ""
    # None where there is no target, or nothing to hold it against.
    is_met: bool | None = None
    digits: int = 2
    # A latency that is next to nothing is no measure for another.
    has_ratio: bool = True

    def cells(self) -> Sequence[str]:
        ratio = self.here / self.floor if self.floor and self.has_ratio else None
        return (
            self.scenario,
            self.figure,
            self._number(self.here),
            self._number(self.floor),
            f"{ratio:.2f}" if ratio is not None else "-",
            self._number(self.other),
            self.target or "-",
            self._verdict(),
        )

    def _verdict(self) -> str:
        if self.is_met is None:
            return "not measured" if self.target else ""
        return "met" if self.is_met else "**missed**"

    def _number(self, value: float | None) -> str:
        return "-" if value is None else f"{value:,.{self.digits}f}"


def interleave(
    scenario: str, runs: int, measures: Mapping[str, Callable[[], Sample]]
) -> Mapping[str, Sample]:
    """Measure all, then all again, so that a busy minute of the machine hits every one; the
    median of each."""
    samples: dict[str, list[Sample]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            samples[name].append(measure())
            say(f"  {scenario:6} {name:8} {_in_short(samples[name][-1])}")
    return {name: _middle(of_one) for name, of_one in samples.items()}


def all_came(*samples: Sample) -> bool:
    return not any(sample.get(loss) for sample in samples for loss in LOSSES)


def table(rows: Iterable[Row]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def summary(rows: Sequence[Row]) -> str:
    missed = [row for row in rows if row.is_met is False]
    held = sum(row.is_met is not None for row in rows)
    words = "; ".join(f"{row.scenario} {row.figure}" for row in missed)
    return f"{held - len(missed)} of {held} targets met" + (f", missed: {words}" if missed else "")


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _middle(samples: Sequence[Sample]) -> Sample:
    return {
        name: (max if name in LOSSES else statistics.median)([one[name] for one in samples])
        for name in samples[0]
    }


def _in_short(sample: Sample) -> str:
    shown = {
        "us_per_event": "µs/event", "p50_ms": "ms p50", "p99_ms": "ms p99", "max_ms": "ms max",
        "events_per_s": "events/s", "from_start_s": "s in all", "kib_per_follower": "KiB/follower",
        "us_per_connect": "µs/connect", "peak_mib": "MiB at most",
        "missing": "FOLLOWERS INCOMPLETE", "wrong": "EVENTS LOST OR TWICE",
    }  # fmt: skip
    return "  ".join(
        f"{sample[name]:,.4g} {unit}" for name, unit in shown.items() if sample.get(name)
    )
