"""What `/metrics` says: the measures and what is looked up at that moment, for Prometheus."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from .logs import Store
from .measures import Histogram, Measures
from .runs.threads import Threads
from .snapshot import TERMINAL

# Shown from the start, so that a rate can be taken of the first one too.
_UNENDED = ("queued", "in_progress", "requires_action", "cancelling")
_GAPS = ("malformed", "trimmed", "unknown")
_KINDS = ("lost", "malformed", "silent", "timeout", "unreachable")


class Exposition:
    """A registry of its own: one process may hold several relays."""

    def __init__(
        self, measures: Measures, threads: Threads, store: Store, *, is_one_of_many: bool
    ) -> None:
        """`is_one_of_many` is whether other processes answer at the same port."""
        self.is_one_of_many = is_one_of_many
        self._measures = measures
        self._threads = threads
        self._store = store
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self, accepted: str) -> tuple[bytes, str]:
        """The text in a format that is accepted, and what that is called."""
        encode, content_type = choose_encoder(accepted)
        registry = _Labelled(self._registry) if self.is_one_of_many else self._registry
        return encode(registry), content_type

    def collect(self) -> Iterator[Metric]:
        yield from self._runs()
        yield from self._followers()
        yield from self._upstream()
        yield from self._logs()

    def _runs(self) -> Iterator[Metric]:
        measures = self._measures
        ended = _counter("relay_runs_ended", "Runs that have ended, by status.", "status")
        yield _filled(ended, sorted(TERMINAL), measures.runs_ended)
        now = GaugeMetricFamily(
            "relay_runs", "Runs that wait or are in progress, by status.", labels=["status"]
        )
        yield _filled(now, _UNENDED, self._unended())
        yield _histogram(
            "relay_first_event_seconds",
            "From the POST of a run, or its turn in the queue, to the upstream's first event.",
            measures.first_event,
        )

    def _followers(self) -> Iterator[Metric]:
        measures, lag = self._measures, self._measures.lag()
        yield _gauge(
            "relay_followers", "Event streams that are open.", self._threads.followers.count
        )
        yield _gauge(
            "relay_follower_lag_events", "Frames that the slowest follower is behind.", lag.events
        )
        yield _gauge(
            "relay_follower_lag_bytes",
            "Bytes that wait for the slowest follower to read.",
            lag.size,
        )
        resumed = _counter("relay_followers_resumed", "Followers that went on from a cursor.")
        resumed.add_metric([], measures.followers_resumed)
        yield resumed
        gaps = _counter("relay_gaps", "Gaps that followers were told of, by reason.", "reason")
        yield _filled(gaps, _GAPS, measures.gaps)

    def _upstream(self) -> Iterator[Metric]:
        measures = self._measures
        errors = _counter("relay_upstream_errors", "Failures of the upstream, by kind.", "kind")
        yield _filled(errors, _KINDS, measures.upstream_errors)
        resumed = _counter(
            "relay_streams_resumed", "Upstream streams that went on where they broke."
        )
        resumed.add_metric([], measures.streams_resumed)
        yield resumed

    def _logs(self) -> Iterator[Metric]:
        appends = self._store.appends
        events = _counter("relay_events", "Frames that this relay has put into logs.")
        events.add_metric([], appends.frames if appends else self._events())
        yield events
        yield _gauge("relay_threads", "Threads whose logs are open.", sum(1 for _ in self._threads))
        if appends:
            yield _histogram(
                "relay_store_append_seconds",
                "How long the store took to keep what was appended.",
                appends.seconds,
            )

    def _unended(self) -> Counter[str]:
        """Only of threads whose runs are driven here: each run is told by one relay."""
        busy = (thread for thread in self._threads if thread.is_busy)
        return Counter(
            run.status for thread in busy for run in thread.book.runs() if not run.is_terminal
        )

    def _events(self) -> int:
        return self._measures.events_dropped + sum(thread.events for thread in self._threads)


class _Labelled:
    """Says which process it is, so that the counts of one are not taken for those of another."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        worker = str(os.getpid())
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, "worker": worker})
                for sample in metric.samples
            ]
            yield metric


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _counter(name: str, meaning: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(name, meaning, labels=labels)


def _filled(
    family: CounterMetricFamily | GaugeMetricFamily,
    known: Iterable[str],
    values: Mapping[str, int],
) -> Metric:
    """A sample for each value of its label, also those that have not come up yet."""
    for label in sorted({*known, *values}):
        family.add_metric([label], values.get(label, 0))
    return family


def _histogram(name: str, meaning: str, histogram: Histogram) -> Metric:
    bounds = [*map(str, histogram.bounds), "+Inf"]
    family = HistogramMetricFamily(name, meaning)
    buckets = list(zip(bounds, accumulate(histogram.counts), strict=True))
    family.add_metric([], buckets, sum_value=histogram.sum)
    return family
