"""Recordings as an upstream: each is an assistant that answers what was recorded.

Threads live in memory and end with the relay; a thread from before is unknown, and says so.
"""

import asyncio
import mimetypes
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from ..errors import ThreadBusy
from ..recording import Recording, Recordings
from ..settings import Settings
from . import Chunks, Dialect, File, Json, Page, Start, Stream, Watched
from .chunks import MadeChunks
from .playback import Playback
from .refusing import refused
from .replayed_dialect import dialect_of
from .replayed_run import Run
from .replayed_thread import Thread
from .threads_dialect import ThreadsDialect

_NO_FILES = frozenset({".sse", ".json"})


class ReplayUpstream:
    pages_backwards = True
    keeps_runs = True
    outlives_streams = True

    def __init__(self, settings: Settings, recordings: Recordings) -> None:
        self._settings = settings
        self._recordings = recordings
        # The one used last is the last.
        self._threads: OrderedDict[str, Thread] = OrderedDict()

    def speaks_threads(self, assistant_id: str) -> bool:
        return isinstance(self.dialect(assistant_id), ThreadsDialect)

    def dialect(self, assistant_id: str) -> Dialect:
        recording = self._recordings.get(assistant_id)
        new_dialect = dialect_of(recording) if recording else None
        # A run of an assistant that is none gets no further than being refused.
        return (new_dialect or ThreadsDialect)()

    def check_assistant(self, assistant_id: str) -> None:
        self._recording(assistant_id)

    async def assistants(self) -> Sequence[Json]:
        return [
            {
                "id": recording.name,
                "name": recording.title,
                "description": recording.sidecar.description,
            }
            for recording in self._recordings
            if dialect_of(recording)
        ]

    async def create_thread(self, body: Json) -> Json:
        thread = Thread(body.get("metadata") or {})
        for message in body.get("messages") or ():
            thread.add_message(message)
        self._make_room()
        self._threads[thread.id] = thread
        return thread.to_json()

    async def retrieve_thread(self, thread_id: str) -> Json:
        return self._thread(thread_id).to_json()

    async def list_messages(self, thread_id: str, page: Page) -> Json:
        return self._thread(thread_id).page(page)

    async def create_message(self, thread_id: str, body: Json) -> Json:
        thread = self._thread(thread_id)
        if thread.active_run:
            raise ThreadBusy(f"Can't add messages to {thread_id} while a run is active.")
        return thread.add_message(body)

    @asynccontextmanager
    async def start_run(self, start: Start) -> AsyncIterator[Chunks]:
        thread = self._thread(start.thread_id)
        recording = self._recording(start.assistant_id)
        if thread.active_run:
            raise ThreadBusy(f"Thread {start.thread_id} already has an active run.")
        run = Run(recording, start)
        thread.add_run(run)
        async with self._stream(run) as chunks:
            yield chunks

    @asynccontextmanager
    async def submit_tool_outputs(
        self, run: Json, outputs: Sequence[Json]
    ) -> AsyncIterator[Chunks]:
        thread = self._thread(run["thread_id"])
        replayed = thread.run(run["upstream_ids"][-1])
        replayed.check_outputs(outputs)
        async with self._stream(replayed) as chunks:
            yield chunks

    def resume_run(self, _run: Json, _after: int) -> Stream | None:
        return None

    async def retrieve_run(
        self, thread_id: str, upstream_id: str, _assistant_id: str | None = None
    ) -> Json:
        return self._thread(thread_id).run(upstream_id).said()

    async def run_messages(self, run: Json) -> Sequence[Json]:
        thread = self._thread(run["thread_id"])
        return thread.messages_of(thread.run(run["upstream_ids"][-1]))

    async def cancel_run(self, thread_id: str, upstream_id: str) -> None:
        run = self._thread(thread_id).run(upstream_id)
        if run.is_active:
            run.end("cancelled")

    async def close_calls(self, run: Json, why: str) -> None:
        """Cancelling does that here."""

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        """The replayed thread does."""

    @asynccontextmanager
    async def file_content(
        self,
        thread_id: str,
        file_id: str,
        container_id: str | None = None,  # noqa: ARG002  (the file is beside the recordings)
    ) -> AsyncIterator[File]:
        """A file beside the recordings that is named like its id, such as `file-abc.png`."""
        self._thread(thread_id)
        folders = {recording.path.parent for recording in self._recordings}
        beside = (path for folder in sorted(folders) for path in folder.iterdir())
        path = next((path for path in beside if _is_file(path, file_id)), None)
        if path is None:
            raise refused(404, f"No file found with id '{file_id}'.")
        content = await asyncio.to_thread(path.read_bytes)
        yield File(
            content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            filename=path.name,
            size=len(content),
            chunks=_once(content),
        )

    async def close(self) -> None:
        for thread in self._threads.values():
            run = thread.active_run
            if run:
                run.end("cancelled")

    @asynccontextmanager
    async def _stream(self, run: Run) -> AsyncIterator[Chunks]:
        playback = Playback(run)
        async with aclosing(playback.chunks(self._settings)) as chunks:
            try:
                yield MadeChunks(chunks)
            finally:
                playback.leave()

    def _thread(self, thread_id: str) -> Thread:
        if thread_id not in self._threads:
            raise refused(
                404,
                f"No thread found with id '{thread_id}'. Threads of replayed recordings end when "
                "the relay stops: create a new one.",
            )
        self._threads.move_to_end(thread_id)
        return self._threads[thread_id]

    def _recording(self, name: str) -> Recording:
        recording = self._recordings.get(name)
        if recording is None:
            raise refused(404, f"No assistant found with id '{name}'.")
        if not dialect_of(recording):
            raise refused(
                400,
                f"The recording '{name}' holds no event of a run. It can be watched under "
                f"/recordings/{name}/events, but is no answer.",
                "assistant_id",
            )
        return recording

    def _make_room(self) -> None:
        """Forget the thread that has been unused for longest and has no run in progress."""
        if len(self._threads) < self._settings.replay_max_threads:
            return
        idle = (key for key, thread in self._threads.items() if not thread.active_run)
        self._threads.pop(next(idle, ""), None)


def _is_file(path: Path, file_id: str) -> bool:
    return path.stem == file_id and path.suffix not in _NO_FILES


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
