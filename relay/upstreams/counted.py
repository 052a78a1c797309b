"""An upstream whose refusals and failures are counted; what it streams passes untouched."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TypeVar

from ..errors import FrameTooLarge, RelayError, ThreadBusy, UpstreamLost, UpstreamRefused
from . import Dialect, File, Json, Page, Start, Stream, Upstream, Watched

Entered = TypeVar("Entered")


class CountedUpstream:
    def __init__(self, upstream: Upstream, errors: Counter[str]) -> None:
        self._upstream = upstream
        self._errors = errors
        self.pages_backwards = upstream.pages_backwards
        self.keeps_runs = upstream.keeps_runs
        self.outlives_streams = upstream.outlives_streams

    def speaks_threads(self, assistant_id: str) -> bool:
        return self._upstream.speaks_threads(assistant_id)

    def dialect(self, assistant_id: str) -> Dialect:
        return self._upstream.dialect(assistant_id)

    def check_assistant(self, assistant_id: str) -> None:
        self._upstream.check_assistant(assistant_id)

    async def assistants(self) -> Sequence[Json]:
        with self._counting():
            return await self._upstream.assistants()

    async def create_thread(self, body: Json) -> Json:
        with self._counting():
            return await self._upstream.create_thread(body)

    async def retrieve_thread(self, thread_id: str) -> Json:
        with self._counting():
            return await self._upstream.retrieve_thread(thread_id)

    async def list_messages(self, thread_id: str, page: Page) -> Json:
        with self._counting():
            return await self._upstream.list_messages(thread_id, page)

    async def create_message(self, thread_id: str, body: Json) -> Json:
        with self._counting():
            return await self._upstream.create_message(thread_id, body)

    def start_run(self, start: Start) -> Stream:
        return self._entering(self._upstream.start_run(start))

    def submit_tool_outputs(self, run: Json, outputs: Sequence[Json]) -> Stream:
        return self._entering(self._upstream.submit_tool_outputs(run, outputs))

    def resume_run(self, run: Json, after: int) -> Stream | None:
        stream = self._upstream.resume_run(run, after)
        return None if stream is None else self._entering(stream)

    async def retrieve_run(
        self, thread_id: str, upstream_id: str, assistant_id: str | None = None
    ) -> Json:
        with self._counting():
            return await self._upstream.retrieve_run(thread_id, upstream_id, assistant_id)

    async def run_messages(self, run: Json) -> Sequence[Json]:
        with self._counting():
            return await self._upstream.run_messages(run)

    async def cancel_run(self, thread_id: str, upstream_id: str) -> None:
        with self._counting():
            await self._upstream.cancel_run(thread_id, upstream_id)

    async def close_calls(self, run: Json, why: str) -> None:
        with self._counting():
            await self._upstream.close_calls(run, why)

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        with self._counting():
            await self._upstream.keep(run, items, messages)

    def file_content(
        self, thread_id: str, file_id: str, container_id: str | None = None
    ) -> AbstractAsyncContextManager[File]:
        return self._entering(self._upstream.file_content(thread_id, file_id, container_id))

    async def close(self) -> None:
        await self._upstream.close()

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except RelayError as error:
            kind = kind_of(error)
            if kind is not None:
                self._errors[kind] += 1
            raise

    @asynccontextmanager
    async def _entering(
        self, entered: AbstractAsyncContextManager[Entered]
    ) -> AsyncIterator[Entered]:
        """What breaks a stream off is raised within, and passes here too."""
        with self._counting():
            async with entered as what:
                yield what


def kind_of(error: RelayError) -> str | None:
    """What sort of failure of an upstream it is; None if it is none."""
    if isinstance(error, UpstreamRefused):
        return f"status_{error.upstream_status}"
    if isinstance(error, UpstreamLost):
        return error.kind
    if isinstance(error, ThreadBusy | FrameTooLarge):
        return str(error.code)
    return None
