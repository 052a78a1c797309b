"""An EventSource with nothing of ours around it: the browser's own, and npm's `eventsource`."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser

from tests.browser.relay_process import RelayProcess
from tests.scripted.assistants import ScriptedAssistants

# Each event as an EventSource shows it: its id, its name, its data.
Heard: TypeAlias = list[list[str]]

_PATIENCE_SECONDS = 60
_FOLLOW = """([url, names]) => new Promise((resolve) => {
    const source = new EventSource(url)
    const heard = []
    const hear = (event) =>
        event.data === undefined || heard.push([event.lastEventId, event.type, event.data])
    for (const name of names) source.addEventListener(name, hear)
    source.addEventListener('error', (event) => {
        if (event.data === undefined && source.readyState === EventSource.CLOSED) resolve(heard)
    })
})"""


@pytest.fixture
async def session(
    relay: RelayProcess, scripted: ScriptedAssistants
) -> AsyncIterator[ClientSession]:
    await relay.start(
        RELAY_UPSTREAM="assistants",
        OPENAI_BASE_URL=scripted.url,
        OPENAI_API_KEY=scripted.key,
    )
    async with ClientSession(relay.url) as session:
        yield session


async def post(session: ClientSession, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with session.post(path, json=body) as response:
        answer: dict[str, Any] = await response.json()
    return answer


async def finished_run(session: ClientSession, assistant: str) -> str:
    """Where the events of a run are that has ended."""
    thread = await post(session, "/threads", {})
    run = await post(session, f"/threads/{thread['id']}/runs", {"assistant_id": assistant})
    return str(run["events_url"])


async def logged(session: ClientSession, path: str) -> Heard:
    """What the relay sends to whoever reads the bytes; the stream ends with the run."""
    async with session.get(path) as response:
        text = (await response.read()).decode()
    frames = [frame for frame in text.split("\n\n") if "\ndata: " in frame]
    return [[part.partition(": ")[2] for part in frame.split("\n")] for frame in frames]


def names_of(heard: Heard) -> list[str]:
    return sorted({name for _, name, _ in heard})


async def by_npm(url: str, names: Sequence[str]) -> Heard:
    script = Path(__file__).with_name("event_source.mjs")
    process = await asyncio.create_subprocess_exec(
        "node", script, url, *names, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(_PATIENCE_SECONDS):
        output, _ = await process.communicate()
    heard: Heard = json.loads(output)
    return heard


@pytest.mark.parametrize("assistant", ["unicode", "error-midstream"])
async def test_the_browsers_own_hears_each_event_once_and_stops_by_itself(
    session: ClientSession, relay: RelayProcess, browser: Browser, assistant: str
) -> None:
    path = await finished_run(session, assistant)
    expected = await logged(session, path)
    page = await browser.new_page()
    await page.goto(f"{relay.url}/healthz")

    async with asyncio.timeout(_PATIENCE_SECONDS):
        heard = await page.evaluate(_FOLLOW, [path, names_of(expected)])

    assert heard == expected


@pytest.mark.parametrize("assistant", ["unicode", "error-midstream"])
async def test_npms_hears_each_event_once_and_stops_by_itself(
    session: ClientSession, relay: RelayProcess, assistant: str
) -> None:
    path = await finished_run(session, assistant)
    expected = await logged(session, path)

    heard = await by_npm(relay.url + path, names_of(expected))

    assert heard == expected
