"""Pages of a thread whose runs left things that the upstream has not, or has unannounced."""

from typing import Any

import pytest

from tests.relay.conftest import StartRelay
from tests.relay.event_streams import folded
from tests.relay.relays import Relay
from tests.scripted.faults import Cut
from tests.scripted.responses import ScriptedResponses

from .watching import all_pages, assert_reload_is, told, watched

THREADS = {
    "the first run failed": ["error-flat", "plain-text"],
    "all runs failed": ["error-flat", "failed", "error-flat"],
    "the first run was cut short": ["max-output-tokens", "plain-text", "web-search"],
    "a run in the middle was cut short": ["plain-text", "max-output-tokens", "plain-text"],
    "the last run failed": ["several-messages", "content-filter", "error-flat"],
    "one run was of several responses": ["several-responses", "error-flat"],
}

each_thread = pytest.mark.parametrize("names", THREADS.values(), ids=THREADS)


async def assert_pages_are_the_thread(relay: Relay, thread_id: str) -> list[Any]:
    whole: list[Any] = (await relay.messages(thread_id, "?limit=100"))["data"]
    for limit in (1, 2, 3):
        assert told(await all_pages(relay, thread_id, "desc", limit)) == told(whole)
        assert told(await all_pages(relay, thread_id, "asc", limit)) == told(whole[::-1])
    return whole


@each_thread
async def test_pages_put_together_are_the_thread(relay: Relay, names: list[str]) -> None:
    thread_id = await relay.new_thread()

    frames = [frame for name in names for frame in await watched(relay, thread_id, name)]

    await assert_reload_is(relay, thread_id, frames)
    await assert_pages_are_the_thread(relay, thread_id)


@each_thread
async def test_they_are_when_another_relay_comes_later(
    relay: Relay, start_relay: StartRelay, names: list[str]
) -> None:
    """What it has not seen it knows by its items only, and those end the thread at its start."""
    thread_id = await relay.new_thread()
    for name in names:
        await watched(relay, thread_id, name)
    another = await start_relay()

    frames = await watched(another, thread_id, "error-flat")

    whole = await assert_pages_are_the_thread(another, thread_id)
    assert told(whole[:1]) == told(folded(frames))


async def test_what_nobody_watched_stands_in_its_place(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    """A start that was lost may have been carried out all the same."""
    thread_id = await relay.new_thread()
    await watched(relay, thread_id, "plain-text")
    scripted_responses.fail_next("responses.create", Cut(0, piece=b""))
    await watched(relay, thread_id, "several-messages")
    await scripted_responses.finished(scripted_responses.responses[-1].id)
    await watched(relay, thread_id, "error-flat")
    await watched(relay, thread_id, "web-search")

    whole = await assert_pages_are_the_thread(relay, thread_id)

    runs = [message["run_id"] for message in whole if message["role"] == "assistant"]
    assert runs.count(None) > 1


async def test_a_page_goes_on_after_what_the_upstream_has_no_more(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    frames = await watched(relay, thread_id, "several-messages")

    scripted_responses.conversation(thread_id).items.clear()

    whole = await assert_pages_are_the_thread(relay, thread_id)
    assert told(whole) == told(folded(frames))
