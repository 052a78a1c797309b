"""Event streams of every kind count, and all end at shutdown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from relay.app import drain
from relay.places import recordings_folder
from tests.scripted.assistants import ScriptedAssistants

from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS
from .relays import Relay

RECORDING = "/recordings/plain-text/events"


@asynccontextmanager
async def opened(
    relay: Relay, method: str, path: str, body: Any = None
) -> AsyncIterator[aiohttp.ClientResponse]:
    timeout = aiohttp.ClientTimeout(total=None)
    url = relay.url + path
    async with relay.session.request(method, url, json=body, timeout=timeout) as response:
        assert response.status == 200, await response.read()
        yield response


@pytest.mark.parametrize(
    "query", ["?stall_after=2&speed=0", "?speed=0.0001"], ids=["stalled", "slow"]
)
async def test_a_recording_ends_properly_when_the_relay_stops(
    start_relay: StartRelay, query: str
) -> None:
    relay = await start_relay(recordings=(recordings_folder(),))

    async with opened(relay, "GET", RECORDING + query) as response:
        first = await response.content.readuntil(b"\n\n")
        await drain(relay.app)
        async with asyncio.timeout(PATIENCE_SECONDS):
            rest = await response.read()
    async with opened(relay, "GET", RECORDING + query) as response:
        after = await response.read()

    assert first.startswith(b"id: 1\n")
    assert not rest or rest.endswith(b"\n\n")
    assert b"event: done" not in rest + after


async def test_recordings_count_as_followers(start_relay: StartRelay) -> None:
    relay = await start_relay(recordings=(recordings_folder(),), max_followers=1)

    async with opened(relay, "GET", RECORDING + "?stall_after=2&speed=0") as response:
        await response.content.readuntil(b"\n\n")
        refused = [await relay.get(RECORDING), await relay.get("/threads/thread_1/events")]

    for answer in refused:
        assert (answer.status, answer.error["code"]) == (503, "too_many_followers")


async def test_a_stream_in_an_answer_counts_and_who_cannot_have_one_starts_nothing(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(max_followers=1)
    thread_id, other = await relay.new_thread(), await relay.new_thread()
    hold = scripted.hold(7)
    body = {"assistant_id": "plain-text", "stream": True}

    async with opened(relay, "POST", f"/threads/{thread_id}/runs", body) as response:
        await hold.reached()
        refused = await relay.post(f"/threads/{other}/runs", body)
        following = await relay.get(f"/threads/{thread_id}/events")
        hold.release()
        stream = await response.read()

    assert (refused.status, refused.error["code"]) == (503, "too_many_followers")
    assert refused.headers["x-should-retry"] == "false"
    assert following.status == 503
    assert len(scripted.received("runs.create")) == 1
    assert stream.endswith(b"event: done\ndata: [DONE]\n\n")


async def test_a_conflict_upstream_that_is_no_busy_thread_is_told_in_the_relays_own_words(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", status=409, message="The lease was lost.")

    answer = await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "plain-text"})

    assert (answer.status, answer.error["code"]) == (502, "upstream_error")
    assert "lease" not in answer.error["message"]
    assert answer.headers["x-should-retry"] == "false"
