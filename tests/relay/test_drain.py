"""A relay that is told to stop takes nothing new, ends what it has, and is gone in seconds."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from relay.app import drain
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import NeverAnswer

from .conftest import StartRelay
from .event_streams import EventStream, folded, is_terminal, statuses
from .relays import QUESTION, Relay


class Served:
    """`python -m relay serve`, as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, relay: Relay) -> None:
        self.process = process
        self.relay = relay

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> tuple[int, bytes]:
        """Its status, and what it has complained of."""
        async with asyncio.timeout(20):
            _, errors = await self.process.communicate()
        return self.process.returncode or 0, errors


@asynccontextmanager
async def served(scripted: ScriptedAssistants, **flags: Any) -> AsyncIterator[Served]:
    settings = {
        "upstream": "assistants", "openai-base-url": scripted.url,
        "openai-api-key": scripted.key, "port": 0, "log-level": "warning", **flags,
    }  # fmt: skip
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "relay", "serve", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        url = line.rpartition("open ")[2].strip().rstrip("/")
        async with aiohttp.ClientSession() as session:
            yield Served(process, Relay(web.Application(), url, session))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def to_the_end(feed: EventStream) -> Any:
    """A proper end: a cut would raise."""
    return await feed.rest()


async def test_sigterm_drains_within_seconds(scripted: ScriptedAssistants) -> None:
    async with served(scripted, **{"drain-seconds": 20}) as serving:
        relay = serving.relay
        thread_id, idle = await relay.new_thread(), await relay.new_thread()
        hold = scripted.hold(12)
        run_id = await relay.start(thread_id)
        queued = await relay.start(thread_id, if_busy="enqueue")
        await hold.reached()
        async with (
            relay.follow(thread_id) as feed,
            relay.follow(thread_id, run_id) as of_run,
            relay.follow(idle) as quiet,
        ):
            serving.stop()
            while (health := await relay.get("/healthz")).status == 200:
                pass
            run = await relay.post(f"/threads/{idle}/runs", {"assistant_id": "one-word"})
            message = await relay.post(f"/threads/{idle}/messages", QUESTION)
            page = await relay.messages(thread_id)
            hold.release()
            frames, run_frames, nothing = await asyncio.gather(
                to_the_end(feed), to_the_end(of_run), to_the_end(quiet)
            )
        status, errors = await serving.ended()

    assert (health.status, health.json) == (503, {"status": "draining"})
    for refused in (run, message):
        assert (refused.status, refused.error["code"]) == (503, "draining")
        assert refused.headers["Retry-After"] == "5"
    assert page["runs"][0]["id"] == run_id
    assert statuses(frames, run_id) == ["in_progress", "completed"]
    assert statuses(frames, queued) == ["queued", "failed"]
    told = next(frame.data for frame in frames if frame.says("failed", queued))
    assert told["last_error"]["code"] == "relay_shutdown"
    assert run_frames[-1].says("completed", run_id)
    assert nothing == []
    assert (status, errors) == (0, b"")


async def test_sigterm_with_a_run_that_does_not_end_gives_it_up(
    scripted: ScriptedAssistants,
) -> None:
    async with served(scripted, **{"drain-seconds": 0.3}) as serving:
        relay = serving.relay
        thread_id, run_id, hold = await relay.held_run(scripted)
        async with relay.follow(thread_id) as feed:
            serving.stop()
            frames = await to_the_end(feed)
        status, errors = await serving.ended()

    assert statuses(frames, run_id) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "relay_shutdown"
    assert (status, errors) == (0, b"")
    hold.release()


async def test_a_run_that_ends_in_its_time_is_left_in_peace(
    scripted: ScriptedAssistants, start_relay: StartRelay
) -> None:
    relay = await start_relay(drain_seconds=20)
    thread_id, run_id, hold = await relay.held_run(scripted)

    async with relay.follow(thread_id) as feed:
        draining = asyncio.create_task(drain(relay.app))
        while (await relay.get("/healthz")).status == 200:
            pass
        hold.release()
        frames = await feed.rest()
    await draining

    assert statuses(frames, run_id) == ["in_progress", "completed"]
    assert [frame for frame in frames if is_terminal(frame)] == frames[-1:]
    assert folded(frames)[0]["status"] == "completed"


@pytest.mark.parametrize("assistant_id", ["plain-text", "function-call"])
async def test_a_run_that_takes_longer_fails_with_one_terminal_frame(
    start_relay: StartRelay, scripted: ScriptedAssistants, assistant_id: str
) -> None:
    relay = await start_relay(drain_seconds=0)
    thread_id, run_id, hold = await relay.held_run(scripted, 12, assistant_id)
    if assistant_id == "function-call":
        hold.release()

    async with relay.follow(thread_id) as feed:
        if assistant_id == "function-call":
            await feed.until_said("requires_action")
        await drain(relay.app)
        frames = await feed.rest()

    assert statuses(frames, run_id)[-1:] == ["failed"]
    assert [frame for frame in frames if is_terminal(frame)] == frames[-1:]
    assert frames[-1].data["last_error"]["code"] == "relay_shutdown"
    hold.release()


async def test_a_start_that_is_under_way_is_answered(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(drain_seconds=0)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", NeverAnswer())

    starting = asyncio.create_task(
        relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "one-word"})
    )
    while not scripted.received("runs.create"):
        await relay.get("/healthz")
    await drain(relay.app)
    answer = await starting

    assert answer.status == 201
    assert answer.json["status"] == "failed"
    assert answer.json["last_error"]["code"] == "relay_shutdown"


async def test_who_comes_while_the_relay_goes_is_let_go_at_once(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "one-word")
    async with relay.follow(thread_id, run_id) as feed:
        frames = await feed.rest()
    await drain(relay.app)

    async with relay.follow(thread_id, Last_Event_ID=str(frames[2].id)) as feed:
        assert await feed.rest() == frames[3:]
    async with relay.follow("thread_new") as feed:
        assert await feed.rest() == []


async def test_an_sdk_stream_is_cut_when_the_relay_gives_its_run_up(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(drain_seconds=0)
    thread_id = await relay.new_thread()
    hold = scripted.hold(12)
    body = {"assistant_id": "plain-text", "stream": True}

    async with relay.session.post(f"{relay.url}/threads/{thread_id}/runs", json=body) as response:
        await hold.reached()
        await drain(relay.app)
        with pytest.raises(aiohttp.ClientError):
            await response.read()
    hold.release()
