"""What the tests of upstreams share, those of `assistants` first of all."""

from collections.abc import AsyncIterator
from typing import Any

from relay.upstreams import Start, Stream
from tests.scripted.assistants import ScriptedAssistants


def start(thread_id: str, assistant_id: str = "plain-text") -> Start:
    return Start(thread_id=thread_id, assistant_id=assistant_id)


def ongoing(thread_id: str, upstream_id: str) -> dict[str, Any]:
    """A run as an upstream is told of it."""
    return {"thread_id": thread_id, "upstream_ids": [upstream_id]}


async def read(stream: Stream) -> bytes:
    async with stream as chunks:
        return await read_rest(chunks)


async def read_rest(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def sent(server: ScriptedAssistants, thread_id: str, first: int = 0) -> bytes:
    """The bytes that the server frames its latest run's events in."""
    framing = server.manners.framing
    events = server.thread(thread_id).runs[0].events[first:]
    frames = (framing.frame(event, number) for number, event in enumerate(events, 1))
    return framing.beginning() + b"".join(frames)


def last_request_id(server: ScriptedAssistants) -> str:
    """The server numbers what it is asked."""
    return f"req_{len(server.requests):032d}"
