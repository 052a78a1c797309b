"""`thread-relay record`: one run in a new thread, its text shown, its stream written to a file."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reducer import EventReader, Thread, reduce

from .errors import UpstreamLost
from .logs.memory_notes import MemoryNotes
from .masking import Mask
from .recording import Recorder, Recordings
from .settings import Settings
from .upstreams import Json, Start, Stream, Upstream
from .upstreams.choice import open_upstream
from .upstreams.fresh_ids import fresh_id


async def record(settings: Settings, assistant_id: str, text: str) -> bool:
    """Whether the run completed; what there is of it is written in any case."""
    upstream = open_upstream(settings, Recordings(settings.recordings), MemoryNotes())
    try:
        thread = await upstream.create_thread({})
        await upstream.create_message(thread["id"], {"role": "user", "content": text})
        start = Start(
            thread_id=thread["id"],
            assistant_id=assistant_id,
            run_id=fresh_id("run_"),
            created_at=int(time.time()),
        )
        recorder = Recorder(
            settings.record or Path(),
            {
                "upstream": settings.upstream,
                "thread_id": thread["id"],
                "assistant_id": assistant_id,
                "run_id": start.run_id,
            },
            Mask(settings).masked,
        )
        return await _RecordedRun(upstream, start, recorder).run()
    finally:
        await upstream.close()


class _RecordedRun:
    def __init__(self, upstream: Upstream, start: Start, recorder: Recorder) -> None:
        self._upstream = upstream
        self._start = start
        self._recorder = recorder
        self._dialect = upstream.dialect(start.assistant_id)
        self._upstream_ids: list[str] = []
        # What the stream has said of the run so far.
        self._said: dict[str, Any] = {}
        self._thread: Thread = []
        self._printed = ""

    async def run(self) -> bool:
        try:
            await self._relay(self._upstream.start_run(self._start))
            while self._said.get("status") == "requires_action":
                await self._go_on()
        except UpstreamLost as error:
            _say(str(error))
        except asyncio.CancelledError:
            await self._cancel()
            raise
        finally:
            await self._finish()
        return self._said.get("status") == "completed"

    async def _relay(self, stream: Stream) -> None:
        reader = EventReader()
        self._recorder.next_stream()
        async with stream as chunks:
            async for chunk in chunks:
                self._recorder.add(chunk)
                self._show(reader.feed(chunk))
                if self._said.pop("done", False):
                    break
            self._show(reader.end())
        await self._upstream.keep(self._told(), self._dialect.items, self._messages)

    def _show(self, events: Sequence[Any]) -> None:
        for event in events:
            self._thread = reduce(self._thread, event)
            self._hear(self._dialect.read(event["event"], event["data"]))
        text = "\n\n".join(_text(message) for message in reversed(self._thread))
        sys.stdout.write(text[len(self._printed) :])
        sys.stdout.flush()
        self._printed = text

    async def _messages(self) -> Thread:
        return self._thread

    def _hear(self, said: Json) -> None:
        self._said |= said
        upstream_id = said.get("upstream_id")
        if upstream_id and upstream_id not in self._upstream_ids:
            self._upstream_ids.append(upstream_id)

    def _told(self) -> dict[str, Any]:
        """The run, as the upstream is told of it."""
        start, said = self._start, self._said
        return {
            "id": start.run_id,
            "thread_id": start.thread_id,
            "assistant_id": start.assistant_id,
            "created_at": start.created_at,
            "metadata": start.metadata,
            "upstream_ids": self._upstream_ids,
            "required_action": said.get("required_action"),
        }

    async def _go_on(self) -> None:
        """Ask for the output of each call; without an answer the run is cancelled."""
        action = self._said.get("required_action") or {}
        outputs = []
        for call in action["submit_tool_outputs"]["tool_calls"]:
            _say(f"\noutput of {json.dumps(call.get('function', call), ensure_ascii=False)}?")
            line = await _typed_line()
            if not line:
                await self._cancel()
                self._said["status"] = "cancelled"
                return
            outputs.append({"tool_call_id": call["id"], "output": line.rstrip("\n")})
        stream = self._upstream.submit_tool_outputs(self._told(), outputs)
        self._said["status"] = "in_progress"
        await self._relay(stream)

    async def _cancel(self) -> None:
        if self._said.get("status") == "requires_action":
            await self._upstream.close_calls(self._told(), "Nobody gave an output.")
        if self._upstream_ids:
            await self._upstream.cancel_run(self._start.thread_id, self._upstream_ids[-1])

    async def _finish(self) -> None:
        path = await self._recorder.finish(
            {"upstream_ids": self._upstream_ids, "status": self._said.get("status")}
        )
        if path:
            _say(f"\n{self._said.get('status', 'unknown')}, recorded in {path}")


async def _typed_line() -> str:
    """The next line of the input; empty at its end."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        # Unbuffered: a thread that waits in a buffer's lock would hang the end of the program.
        with open(0, "rb", buffering=0, closefd=False) as typed:
            loop.call_soon_threadsafe(line.set_result, typed.readline())

    # Nobody waits for it when the run is interrupted, so it is a daemon.
    threading.Thread(target=read, daemon=True).start()
    return (await line).decode(errors="replace")


def _text(message: Any) -> str:
    parts = (part.get("text") for part in message["content"] if isinstance(part, dict))
    return "".join(str(text.get("value", "")) for text in parts if isinstance(text, dict))


def _say(line: str) -> None:
    # Not among the text, which may go to a file.
    sys.stderr.write(f"{line}\n")
