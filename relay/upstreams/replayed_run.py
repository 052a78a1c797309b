"""A run as a server would keep it, where a recording is played instead."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from reducer import Event, EventReader

from ..frames import relay_frame
from ..recording import Recording
from . import Json, Start
from .fresh_ids import fresh_id
from .refusing import refused
from .replayed_dialect import dialect_of
from .replayed_script import Script
from .threads_dialect import ThreadsDialect

_TERMINAL = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})

# A Responses stream just ends then.
_STOPPED = frozenset({"cancelled", "expired"})

# What a dialect says that is of use only while the stream is read.
_OF_STREAM = ("begins", "done")

_BROKEN_OFF = {"code": "server_error", "message": "the recording ends before its run does"}


class Run:
    def __init__(self, recording: Recording, start: Start) -> None:
        new_dialect = dialect_of(recording) or ThreadsDialect
        self._recorded_status = recording.sidecar.status
        self.script = Script(recording, new_dialect(), start.thread_id)
        self._dialect = new_dialect()
        # As those know it who follow it: with this they fold its events.
        self._told = {
            "id": start.run_id or fresh_id("run_"),
            "object": "thread.run",
            "created_at": start.created_at or int(time.time()),
            "thread_id": start.thread_id,
            "assistant_id": start.assistant_id,
        }
        self._reader = EventReader(run={**self._told, "status": "in_progress", "upstream_ids": []})
        # What has been played since somebody last asked: only then is it read.
        self._played = bytearray()
        self._is_stream_over = False
        # What its frames have said of it.
        self._said: dict[str, Any] = {}
        self._upstream_ids: list[str] = []
        # The frames of an end that was not recorded; a Responses stream has none, it just ends.
        self.ending = b""
        self.ended = asyncio.Event()

    @property
    def is_active(self) -> bool:
        return self._said.get("status") not in _TERMINAL

    def is_called(self, upstream_id: str) -> bool:
        return upstream_id in self._upstream_ids

    def to_json(self) -> Json:
        """The run, as the relay would tell it."""
        return {**self._told, "upstream_ids": [*self._upstream_ids], **self.said()}

    def said(self) -> Json:
        """As `Dialect.read` tells it."""
        return {key: value for key, value in self._said.items() if key not in _OF_STREAM}

    def begin_stream(self) -> None:
        known = {"upstream_id": self._upstream_ids[-1]} if self._upstream_ids else {}
        self._said = {**known, "status": "in_progress"}

    def play(self, frames: bytes) -> None:
        self._played += frames

    def end_stream(self) -> None:
        self._is_stream_over = True

    def take_events(self) -> Sequence[Event]:
        """What has been played since the last time, and the run's end as the relay tells it."""
        events = self._reader.feed(bytes(self._played))
        self._played.clear()
        if not self._is_stream_over:
            self._hear(events)
            return events
        self._is_stream_over = False
        events += self._reader.end()
        self._hear(events)
        self._settle()
        return [*events, *self._end_told()]

    def check_outputs(self, outputs: Sequence[Json]) -> None:
        if self._said.get("status") != "requires_action":
            raise refused(400, f"Run '{self._told['id']}' does not wait for tool outputs.")
        action = self._said.get("required_action") or {}
        calls = (action.get("submit_tool_outputs") or {}).get("tool_calls") or ()
        missing = {call["id"] for call in calls} - {output["tool_call_id"] for output in outputs}
        if missing:
            raise refused(400, f"No output for {', '.join(sorted(missing))}.", "tool_outputs")

    def end(self, status: str) -> None:
        """Give it an end that was not recorded."""
        self._said["status"] = status
        if isinstance(self._dialect, ThreadsDialect):
            run = {**self._told, "id": self._newest_id, "status": status}
            frame = relay_frame(f"thread.run.{status}", run)
            self.ending = frame + b"\n\nevent: done\ndata: [DONE]\n\n"
        self.play(self.ending)
        self.end_stream()
        self.ended.set()

    @property
    def _newest_id(self) -> Any:
        return self._upstream_ids[-1] if self._upstream_ids else self._told["id"]

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            self._said |= self._dialect.read(event["event"], event["data"])
            known = self._said.get("upstream_id")
            if known and known not in self._upstream_ids:
                self._upstream_ids.append(known)

    def _settle(self) -> None:
        """A stream that ends before its run is a failure, unless somebody stopped it."""
        if self.is_active and self._said["status"] != "requires_action":
            if self._recorded_status in _STOPPED:
                self._said["status"] = self._recorded_status
            else:
                self._said |= {"status": "failed", "last_error": _BROKEN_OFF}

    def _end_told(self) -> Sequence[Event]:
        return [] if self.is_active else [{"event": "relay.run", "data": self.to_json()}]
