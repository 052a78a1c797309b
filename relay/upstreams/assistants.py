"""Servers that speak the Assistants API: OpenAI's own is gone, others are not."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from ..errors import UpstreamRefused
from ..settings import Settings
from . import Dialect, File, Json, Page, Start, Stream, Watched
from .client import OpenAIClient, path
from .downloads import download
from .threads_dialect import ThreadsDialect, run_says

# A server that cannot list its assistants has one, whatever it is asked for.
_NO_LIST = frozenset({404, 405, 501})
_ONLY_ASSISTANT = {"id": "default", "name": "default", "description": None}

_UNENDED = frozenset({"created", "queued", "in_progress", "requires_action"})


class AssistantsUpstream:
    pages_backwards = True
    keeps_runs = True
    outlives_streams = True

    def __init__(self, settings: Settings) -> None:
        self._client = OpenAIClient(settings, {"OpenAI-Beta": "assistants=v2"})

    def speaks_threads(self, _assistant_id: str) -> bool:
        return True

    def dialect(self, _assistant_id: str) -> Dialect:
        return ThreadsDialect()

    def check_assistant(self, assistant_id: str) -> None:
        """Only the server knows."""

    async def assistants(self) -> Sequence[Json]:
        try:
            found = await self._client.pages("/assistants", {})
        except UpstreamRefused as refusal:
            if refusal.upstream_status not in _NO_LIST:
                raise
            return [_ONLY_ASSISTANT]
        keys = ("id", "name", "description")
        return [{key: assistant.get(key) for key in keys} for assistant in found]

    async def create_thread(self, body: Json) -> Json:
        return await self._client.post("/threads", body)

    async def retrieve_thread(self, thread_id: str) -> Json:
        return await self._client.get(path("threads", thread_id))

    async def list_messages(self, thread_id: str, page: Page) -> Json:
        query: dict[str, Any] = {"limit": page.limit, "order": page.order}
        query |= {"after": page.after} if page.after else {}
        query |= {"before": page.before} if page.before else {}
        return await self._client.get(path("threads", thread_id, "messages"), query)

    async def create_message(self, thread_id: str, body: Json) -> Json:
        return await self._client.post(path("threads", thread_id, "messages"), body)

    def start_run(self, start: Start) -> Stream:
        body: dict[str, Any] = {"assistant_id": start.assistant_id}
        body |= {} if start.metadata is None else {"metadata": start.metadata}
        return self._client.stream(path("threads", start.thread_id, "runs"), body)

    def submit_tool_outputs(self, run: Json, outputs: Sequence[Json]) -> Stream:
        where = ("threads", run["thread_id"], "runs", run["upstream_ids"][-1])
        return self._client.stream(path(*where, "submit_tool_outputs"), {"tool_outputs": outputs})

    def resume_run(self, _run: Json, _after: int) -> Stream | None:
        return None

    async def retrieve_run(
        self, thread_id: str, upstream_id: str, _assistant_id: str | None = None
    ) -> Json:
        return run_says(await self._client.get(path("threads", thread_id, "runs", upstream_id)))

    async def run_messages(self, run: Json) -> Sequence[Json]:
        where, run_id = path("threads", run["thread_id"], "messages"), run["upstream_ids"][-1]
        found = await self._client.pages(where, {"run_id": run_id, "order": "asc"})
        # Some servers do not know `run_id` and give the whole thread.
        return [message for message in found if message.get("run_id") == run_id]

    async def cancel_run(self, thread_id: str, upstream_id: str) -> None:
        run = path("threads", thread_id, "runs", upstream_id)
        try:
            await self._client.post(f"{run}/cancel", {})
        except UpstreamRefused as refusal:
            # That a run has ended is said in words only, so ask for the run itself.
            if refusal.upstream_status not in {400, 409}:
                raise
            if (await self._client.get(run)).get("status") in _UNENDED:
                raise

    async def close_calls(self, run: Json, why: str) -> None:
        """Cancelling does that here."""

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        """The server does."""

    def file_content(
        self,
        thread_id: str,  # noqa: ARG002  (files belong to no thread here)
        file_id: str,
        container_id: str | None = None,  # noqa: ARG002
    ) -> AbstractAsyncContextManager[File]:
        return download(self._client, path("files", file_id, "content"), file_id)

    async def close(self) -> None:
        await self._client.close()
