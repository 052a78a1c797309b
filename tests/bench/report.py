"""Figures beside their targets, as a table in Markdown."""

import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from .load import Sample

STORES = ("memory", "sqlite", "redis")
# Of these the worst go counts, not the one in the middle.
LOSSES = ("missing", "wrong")


class Line(Protocol):
    """A line of a table; those with the same head are of one."""

    @property
    def head(self) -> Sequence[str]: ...

    @property
    def scenario(self) -> str: ...

    @property
    def figure(self) -> str: ...

    @property
    def is_met(self) -> bool | None:
        """None where there is no target, or nothing to hold it against."""
        ...

    def cells(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    head: ClassVar[Sequence[str]] = (
        "scenario", "figure", "here", "floor", "x floor", "nchan / SDK", "target", "",
    )  # fmt: skip

    scenario: str
    figure: str
    here: float
    floor: float | None = None
    # nchan's figure, or that of the SDK's accumulator.
    other: float | None = None
    target: str = ""
    is_met: bool | None = None
    digits: int = 2
    # A latency that is next to nothing is no measure for another.
    has_ratio: bool = True

    def cells(self) -> Sequence[str]:
        ratio = self.here / self.floor if self.floor and self.has_ratio else None
        return (
            self.scenario,
            self.figure,
            _number(self.here, self.digits),
            _number(self.floor, self.digits),
            f"{ratio:.2f}" if ratio is not None else "-",
            _number(self.other, self.digits),
            self.target or "-",
            _verdict(self),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRow:
    """One figure, of the relay with each store."""

    head: ClassVar[Sequence[str]] = ("scenario", "figure", *STORES, "target", "")

    scenario: str
    figure: str
    # By store; those that were not measured, or do not apply, are not in it.
    here: Mapping[str, float]
    target: str = ""
    # Of each store that the target is for, whether it is met.
    met: Mapping[str, bool] = field(default_factory=dict)
    digits: int = 2
    # Whether a store's figure is shown as so many times that of memory, too.
    has_ratio: bool = True

    @property
    def is_met(self) -> bool | None:
        return all(self.met.values()) if self.met else None

    def cells(self) -> Sequence[str]:
        missed = ", ".join(name for name, is_met in self.met.items() if not is_met)
        verdict = _verdict(self) + (f": {missed}" if missed else "")
        return (
            self.scenario, self.figure, *map(self._cell, STORES), self.target or "-", verdict,
        )  # fmt: skip

    def _cell(self, store: str) -> str:
        text, base = _number(self.here.get(store), self.digits), self.here.get(STORES[0])
        if store == STORES[0] or store not in self.here or not base or not self.has_ratio:
            return text
        return f"{text} ({self.here[store] / base:.2f} x)"


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


def tables(rows: Iterable[Line]) -> str:
    """One for each kind of row, in the order in which they come first."""
    kinds: dict[Sequence[str], list[Line]] = {}
    for row in rows:
        kinds.setdefault(row.head, []).append(row)
    return "\n\n".join(_table(head, of_kind) for head, of_kind in kinds.items())


def summary(rows: Sequence[Line]) -> str:
    missed = [row for row in rows if row.is_met is False]
    held = sum(row.is_met is not None for row in rows)
    words = "; ".join(f"{row.scenario} {row.figure}" for row in missed)
    return f"{held - len(missed)} of {held} targets met" + (f", missed: {words}" if missed else "")


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _table(head: Sequence[str], rows: Iterable[Line]) -> str:
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _verdict(row: Row | StoreRow) -> str:
    if row.is_met is None:
        return "not measured" if row.target else ""
    return "met" if row.is_met else "**missed**"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


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
        "kib_per_thread": "KiB/thread",
        "missing": "FOLLOWERS INCOMPLETE", "wrong": "EVENTS LOST OR TWICE",
    }  # fmt: skip
    return "  ".join(
        f"{sample[name]:,.4g} {unit}" for name, unit in shown.items() if sample.get(name)
    )
