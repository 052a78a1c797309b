"""One address before several relays: each connection goes to the next relay that takes it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_CHUNK_BYTES = 65_536


class Balancer:
    def __init__(self, relays: Sequence[str]) -> None:
        self._relays = deque(urlsplit(relay) for relay in relays)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection; it is cut when its relay leaves."""
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        there, back = await self._reached()
        ways = [asyncio.create_task(_pass(reader, back)), asyncio.create_task(_pass(there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.close()
            back.close()

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            self._relays.rotate()
            try:
                return await asyncio.open_connection(self._relays[0].hostname, self._relays[0].port)
            except OSError:
                # It is being restarted: the next one may be there.
                continue

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    except OSError:
        # Cut: the other way ends with it.
        return


@asynccontextmanager
async def balanced(relays: Sequence[str]) -> AsyncIterator[str]:
    """The address; while it is entered."""
    balancer = Balancer(relays)
    server = await asyncio.start_server(balancer.take, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        await balancer.close()
