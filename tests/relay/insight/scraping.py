"""What `/metrics` says, read by Prometheus' own parser."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from tests.relay.relays import Relay


class Scrape:
    def __init__(self, text: str) -> None:
        self._samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self._samples[name, frozenset(labels.items())]

    def has(self, name: str) -> bool:
        return any(name == known for known, _ in self._samples)

    def labels(self) -> list[Mapping[str, str]]:
        """Of each sample."""
        return [dict(labels) for _, labels in self._samples]


async def scrape(relay: Relay, **headers: str) -> Scrape:
    answer = await relay.get("/metrics", **headers)
    assert answer.status == 200, answer.body
    return Scrape(answer.body.decode())
