"""One stream of a recorded run, as a server would send it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from ..errors import UpstreamLost
from ..recording.playing import paced
from ..settings import Settings
from .replayed_run import Run


class Playback:
    """The run's next stream; the run learns of each part as it is sent."""

    def __init__(self, run: Run) -> None:
        self._run = run
        run.begin_stream()
        self._times, self._left = run.script.next_stream()
        if not self._left:
            # Recorded without what followed the tool outputs.
            run.end("completed")

    async def chunks(self, settings: Settings) -> AsyncGenerator[bytes, None]:
        count = len(self._times)
        cuts = [after for after in (settings.stop_after, settings.stall_after) if after]
        last = min([count, *cuts])
        async for first, behind in paced(self._times[:last], settings.speed, self._pause):
            if self._run.ended.is_set():
                break
            yield self._send(behind - first)
        if last < count and last == settings.stall_after:
            await self._pause(settings.stall_timeout)
        if self._run.ending:
            yield self._run.ending
        elif last < count and not self._run.ended.is_set():
            raise UpstreamLost(f"the recording was cut after event {last}, as the settings ask for")

    def leave(self) -> None:
        """A server finishes a run that nobody reads; here that takes no time."""
        if not self._run.ended.is_set():
            self._send(len(self._left))
            self._run.end_stream()

    def _send(self, count: int) -> bytes:
        due, self._left = self._left[:count], self._left[count:]
        chunk = self._run.script.read(due)
        self._run.play(chunk)
        return chunk

    async def _pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the run is ended otherwise."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._run.ended.wait()
