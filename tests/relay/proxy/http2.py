"""Event streams over HTTP/2, by Node's client: Python's standard library has none."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.relay.event_streams import EventStream

_CLIENT = Path(__file__).with_name("follow.mjs")


class Http2Stream(EventStream):
    """`headers` are those of the answer, `:status` among them."""

    headers: Mapping[str, Any]


@asynccontextmanager
async def follow(url: str, folder: Path, **headers: str) -> AsyncIterator[Http2Stream]:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    process = await asyncio.create_subprocess_exec(
        "node", _CLIENT, url, folder / "relay.pem", json.dumps(named), stdout=PIPE
    )
    try:
        assert process.stdout
        reader = process.stdout
        answered = json.loads(await reader.readline())
        content = SimpleNamespace(readany=lambda: reader.read(1 << 16))
        stream = Http2Stream(SimpleNamespace(content=content))  # type: ignore[arg-type]
        stream.headers = answered
        await stream.begin()
        yield stream
    finally:
        process.kill()
        await process.wait()
