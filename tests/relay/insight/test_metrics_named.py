"""The README's table of metrics is that of the relay, and each sample says what it may."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.relay.conftest import StartRelay
from tests.relay.proxy.readme import ROOT
from tests.relay.relays import QUESTION

from .scraping import scrape


def named() -> set[str]:
    """Without what Prometheus appends to counters."""
    rows = re.findall(r"(?m)^\| (`relay_.*?) \|", (ROOT / "README.md").read_text())
    names = re.findall(r"`(relay_\w+)", " ".join(rows))
    return {name.removesuffix("_total") for name in names}


async def test_the_readme_names_all_of_them_and_no_others(
    start_relay: StartRelay, tmp_path: Path
) -> None:
    relay = await start_relay(store=f"sqlite:{tmp_path / 'relay.db'}")

    text = (await relay.get("/metrics")).body.decode()

    told = {family.name for family in text_string_to_metric_families(text)}
    assert {name for name in told if name.startswith("relay_")} == named()


async def test_no_sample_names_a_thread_a_run_or_what_was_said(start_relay: StartRelay) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread(QUESTION)
    async with relay.follow(thread_id) as feed:
        await feed.until_ended(await relay.start(thread_id))

    told = await scrape(relay)

    assert {name for labels in told.labels() for name in labels} == {
        "kind", "le", "reason", "status",
    }  # fmt: skip
