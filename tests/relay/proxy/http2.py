"""Event streams over HTTP/2, by Node's client: Python's standard library has none."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

from tests.relay.event_streams import EventStream

_CLIENT = Path(__file__).with_name("follow.mjs")


@asynccontextmanager
async def follow(url: str, folder: Path, **headers: str) -> AsyncIterator[EventStream]:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    process = await asyncio.create_subprocess_exec(
        "node", _CLIENT, url, folder / "relay.pem", json.dumps(named), stdout=PIPE
    )
    try:
        assert process.stdout
        reader = process.stdout
        answered = json.loads(await reader.readline())
        content = SimpleNamespace(readany=lambda: reader.read(1 << 16))
        assert answered[":status"] == 200, answered
        response = SimpleNamespace(content=content, headers=answered)
        stream = EventStream(response)  # type: ignore[arg-type]
        await stream.begin()
        yield stream
    finally:
        process.kill()
        await process.wait()
