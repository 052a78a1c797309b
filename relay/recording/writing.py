"""Writing recordings while a run is relayed, without ever holding the run up."""

import asyncio
import bisect
import json
import logging
import re
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .joining import join
from .sidecar import Sidecar

_logger = logging.getLogger(__name__)

# How much goes to the disk at once, and how much may wait for a slow one.
_BATCH_BYTES = 256 * 1024
_MAX_WAITING_BYTES = 16 * 1024 * 1024


class Recorder:
    """One run's recording.  A disk that fails or is too slow costs the recording, not the run."""

    def __init__(
        self, folder: Path, meta: Mapping[str, Any], mask: Callable[[bytes], bytes] = bytes
    ) -> None:
        """`meta` are fields of the sidecar, `run_id` among them; `finish` takes the rest.  `mask`
        takes out what must not be recorded, and leaves the length of what it is given.
        """
        self._mask = mask
        self._meta = dict(meta)
        self._started_at = time.time()
        self._started = time.perf_counter()
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self._started_at))
        run_id = re.sub(r"[^A-Za-z0-9_-]", "-", str(meta.get("run_id", "run")))
        self._path = folder / f"{stamp}-{run_id}.sse"
        # Not `.sse`, so that what is half written is taken for no recording.
        self._part = self._path.with_suffix(".part")
        # Where each chunk ended and when it came, in ms; the frames are found at the end.
        self._ends = array("Q")
        self._times = array("d")
        self._length = 0
        # Where each stream of the run begins.
        self._starts: list[int] = []
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._writing: asyncio.Task[None] | None = None
        self._failed = False

    def add(self, chunk: bytes) -> None:
        """Take a chunk as it came from the upstream."""
        if self._failed:
            return
        self._length += len(chunk)
        self._ends.append(self._length)
        self._times.append((time.perf_counter() - self._started) * 1000)
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= _BATCH_BYTES:
            self._hand_over()

    def next_stream(self) -> None:
        """What comes is no part of the stream before, which may have broken off anywhere."""
        self._starts.append(self._length)

    async def finish(self, meta: Mapping[str, Any]) -> Path | None:
        """Write what is left; the recording's path, or None if it could not be written."""
        if self._writing:
            await self._writing
        self._meta |= meta
        try:
            return await asyncio.to_thread(self._complete, self._taken())
        except (OSError, ValueError) as error:
            if not self._failed:
                self._give_up(str(error))
            return None

    def _hand_over(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(self._taken()))
        elif self._waiting_bytes > _MAX_WAITING_BYTES:
            self._give_up("the disk is too slow")

    def _taken(self) -> bytes:
        batch = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        return batch

    async def _write(self, batch: bytes) -> None:
        try:
            await asyncio.to_thread(self._append, batch)
        except OSError as error:
            self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        self._failed = True
        self._waiting, self._waiting_bytes = [], 0
        _logger.error("%s: not recorded: %s", self._path, why)

    # What follows runs in a thread.

    def _append(self, batch: bytes) -> None:
        self._part.parent.mkdir(parents=True, exist_ok=True)
        with self._part.open("ab") as file:
            file.write(self._mask(batch))

    def _complete(self, rest: bytes) -> Path | None:
        try:
            self._append(rest)
            # Once more over all of it: what must go may have come in two pieces.
            received = self._mask(self._part.read_bytes())
            joined = join(received, self._starts)
            joined.stream.decode()
            if self._failed or not joined.ends:
                return None
            self._part.write_bytes(joined.stream)
            # The sidecar first: a recording is there once its `.sse` is.
            sidecar = self._path.with_suffix(".json")
            sidecar.write_text(_written(self._sidecar(joined.ends)), "utf-8")
            return self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)

    def _sidecar(self, ends: Sequence[int]) -> Sidecar:
        arrived = [self._times[bisect.bisect_left(self._ends, end)] for end in ends]
        return Sidecar(
            **self._meta,
            started_at=round(self._started_at, 3),
            arrived_ms=[round(ms, 1) for ms in arrived],
        )


def _written(sidecar: Sidecar) -> str:
    """JSON with one line for each field, so that a person can read it beside its long list."""
    fields = sidecar.model_dump(exclude_none=True)
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
