"""Requests written by hand, for what a client would hide or refuse to send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from .event_streams import PATIENCE_SECONDS
from .relays import Relay


@asynccontextmanager
async def connected(
    relay: Relay,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(relay.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def request(method: str, target: str, *headers: str, version: str = "HTTP/1.1") -> bytes:
    """Bytes of a request; a POST has an empty object.  `Host` is what a browser here would say."""
    named = {header.partition(":")[0].lower() for header in headers}
    host = [] if "host" in named else ["Host: localhost"]
    json = ["Content-Type: application/json", "Content-Length: 2"] if method == "POST" else []
    lines = [f"{method} {target} {version}", *host, *json, *headers, "", "{}" if json else ""]
    return "\r\n".join(lines).encode()


async def answer_to(
    relay: Relay, method: str, target: str, *headers: str, version: str = "HTTP/1.1"
) -> bytes:
    """All that comes back until the relay closes the connection."""
    async with connected(relay) as (reader, writer):
        writer.write(request(method, target, *headers, "Connection: close", version=version))
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await reader.read()


async def follow_by_hand(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target: str,
    version: str = "HTTP/1.1",
) -> bytes:
    """Ask for an event stream; the answer up to and with its prelude, so that it is followed."""
    writer.write(request("GET", target, "Connection: close", version=version))
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readuntil(b"\n\n")


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
