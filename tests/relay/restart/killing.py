"""A relay that can be killed at any moment, and one who follows it all the same."""

import asyncio
import os
import re
import resource
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, cast

import aiohttp

from tests.relay.event_streams import PATIENCE_SECONDS, EventStream, Sent
from tests.relay.relays import Relay

from .forking import ROOT, Forks, Life

_LISTENING = re.compile(r"open (http://[\d.]+:\d+)")


class Killed(Relay):
    """Its address stays the same; what is in its process nobody sees."""

    def __init__(
        self, forks: Forks, folder: Path, settings: Mapping[str, str], session: Any
    ) -> None:
        super().__init__(cast(Any, None), "", session)
        self._forks = forks
        self._folder = folder
        self._settings = settings
        self._life: Life | None = None

    @classmethod
    @asynccontextmanager
    async def started(  # type: ignore[override]
        cls, forks: Forks, folder: Path, settings: Mapping[str, str]
    ) -> AsyncIterator[Self]:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            relay = cls(forks, folder, settings, session)
            try:
                await relay.up()
                yield relay
            finally:
                await relay.kill()

    async def up(self) -> None:
        """Its port may be taken for a moment, by what is left of a process that was killed."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._is_up():
                await self.kill()

    async def _is_up(self) -> bool:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        port = self.url.rpartition(":")[2] or "0"
        self._life = await self._forks.start(
            self._folder,
            {**environment, "PYTHONPATH": str(ROOT), "RELAY_PORT": port, **self._settings},
            afresh="RELAY_WORKERS" in self._settings,
        )
        told = _LISTENING.search((await self._life.output.readline()).decode())
        self.url = told[1] if told else self.url
        return told is not None

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It stands still, as on a machine that is out of memory."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def limit_files(self, size: int | None) -> None:
        """No file that it writes may become larger: as on a disk that is full."""
        assert self._life
        limit = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self._life.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    async def again(self) -> None:
        """Killed, and come back."""
        await self.kill()
        await self.up()

    def _signal(self, number: signal.Signals) -> None:
        assert self._life
        self._life.signal(number)

    async def _end(self, how: signal.Signals) -> None:
        life, self._life = self._life, None
        if life:
            life.signal(how)
            await life.ended()


class Steadfast:
    """Follows a thread as an EventSource does: whenever it is cut off it comes back."""

    def __init__(self, *relays: Relay, thread_id: str) -> None:
        self._relays = relays
        self._thread_id = thread_id
        self.frames: list[Sent] = []
        self.cursor = "earliest"
        # Set with each frame.
        self._came = asyncio.Event()

    async def follow(self, is_last: Callable[[Sent], bool]) -> list[Sent]:
        """Until the last frame, wherever there is a relay."""
        async with asyncio.timeout(3 * PATIENCE_SECONDS):
            while True:
                for relay in self._relays:
                    if await self._follow(relay, is_last):
                        return self.frames

    async def _follow(self, relay: Relay, is_last: Callable[[Sent], bool]) -> bool:
        try:
            async with relay.follow(self._thread_id, Last_Event_ID=self.cursor) as feed:
                while True:
                    frame = await feed.next()
                    self._take(frame, feed)
                    if is_last(frame):
                        return True
        except (aiohttp.ClientError, OSError, AssertionError):
            # Cut off, or nobody there yet.
            await asyncio.sleep(0.05)
            return False

    def _take(self, frame: Sent, feed: EventStream) -> None:
        if frame.event != "relay.ping":
            self.frames.append(frame)
            self.cursor = feed.cursor
            self._came.set()

    async def until(self, count: int) -> None:
        """Until so many frames have come."""
        while len(self.frames) < count:
            self._came.clear()
            await self._came.wait()
