"""A relay as people run it, that can be stopped, killed, and started again where it was."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_START_SECONDS = 30
_LISTENING = re.compile(r"open (http://[\d.]+:\d+)")


class RelayProcess:
    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._settings: dict[str, str] = {}
        # Known from the first start on, and kept.
        self.url = ""

    async def start(self, **settings: str) -> None:
        """With these settings, or again with those of the last start."""
        self._settings = settings or self._settings
        # Nothing of the developer's own: no settings, no key.
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        port = self.url.rpartition(":")[2] or "0"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "relay",
            "serve",
            cwd=ROOT,
            env={**environment, "RELAY_PORT": port, **self._settings},
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(_START_SECONDS):
            self.url = await self._address()

    async def stop(self) -> None:
        """As a deployment does: SIGTERM, and wait."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """As a crash does."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.send_signal(how)
            await process.wait()

    async def _address(self) -> str:
        assert self._process
        assert self._process.stdout
        async for line in self._process.stdout:
            if found := _LISTENING.search(line.decode()):
                return found[1]
        raise AssertionError("the relay did not start")
