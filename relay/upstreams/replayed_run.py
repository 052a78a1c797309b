"""A run as a server would keep it, where a recording is played instead."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from ..errors import UpstreamRefused
from ..frames import data_of, relay_frame
from ..recording import Recording
from ..recording.playing import arrivals, streams
from ..recording.reading import tidied
from . import Json
from .fresh_ids import fresh_id, rewriter
from .threads_dialect import ThreadsDialect

_TERMINAL = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})


def refused(status: int, message: str, param: str | None = None) -> UpstreamRefused:
    return UpstreamRefused(status, message, type="invalid_request_error", param=param)


class Run:
    def __init__(self, recording: Recording, thread_id: str) -> None:
        self._recording = recording
        self._thread_id = thread_id
        self._rewrite = rewriter(
            b"".join(recording.frames), thread_id=thread_id, assistant_id=recording.name
        )
        self._times = arrivals(recording)
        self._left = list(streams(recording))
        self.id = self._own_id() or fresh_id("run_")
        # What its frames have said of it, as `Dialect.read` tells it.
        self.said: dict[str, Any] = {}
        # Its last frames if they were not recorded, but came about otherwise.
        self.ending = b""
        self.ended = asyncio.Event()

    @property
    def is_active(self) -> bool:
        return self.said.get("status") not in _TERMINAL

    def next_stream(self) -> tuple[Sequence[float], range]:
        """When its events come, in ms, and which frames they are."""
        self.said = {"upstream_id": self.id, "status": "in_progress"}
        first, behind = self._left.pop(0) if self._left else (0, 0)
        return self._times[first:behind], range(first, behind)

    def frames(self, frames: range) -> bytes:
        """Some of the recording's frames, with the ids of this run."""
        return self._rewrite(b"".join(self._recording.frames[frames.start : frames.stop]))

    def check_outputs(self, outputs: Sequence[Json]) -> None:
        if self.said.get("status") != "requires_action":
            raise refused(400, f"Run '{self.id}' does not wait for tool outputs.")
        action = self.said.get("required_action") or {}
        calls = (action.get("submit_tool_outputs") or {}).get("tool_calls") or ()
        missing = {call["id"] for call in calls} - {output["tool_call_id"] for output in outputs}
        if missing:
            raise refused(400, f"No output for {', '.join(sorted(missing))}.", "tool_outputs")

    def end(self, status: str) -> bytes:
        """Give it an end that was not recorded; the frames of that."""
        run = {
            "id": self.id,
            "object": "thread.run",
            "created_at": int(time.time()),
            "thread_id": self._thread_id,
            "assistant_id": self._recording.name,
            "status": status,
        }
        frame = relay_frame(f"thread.run.{status}", run)
        self.ending = frame + b"\n\nevent: done\ndata: [DONE]\n\n"
        self.ended.set()
        return self.ending

    def _own_id(self) -> str | None:
        """The recorded run's id, made fresh."""
        dialect = ThreadsDialect()
        for place, event in enumerate(self._recording.events):
            if event.startswith(b"thread.run.") and dialect.tells(event):
                frame = tidied(self.frames(range(place, place + 1)))
                said = dialect.read(event.decode(), data_of(frame))
                if "upstream_id" in said:
                    return str(said["upstream_id"])
        return None
