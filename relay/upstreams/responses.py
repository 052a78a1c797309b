"""OpenAI's Responses and Conversations, and servers that speak them."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from ..errors import UpstreamRefused
from ..logs import Notes
from ..settings import Settings
from . import Chunks, Dialect, File, Json, Page, Start, Stream, Watched
from .client import OpenAIClient, path
from .configured import Assistant, read_assistants
from .conversations import Conversations, ServerConversations
from .conversations_local import LocalConversations
from .downloads import download
from .items_as_messages import messages_of_items
from .locks import patiently
from .refusing import refused
from .responses_calls import IsClients, calls_of, declared_by, is_clients, open_calls
from .responses_dialect import ResponsesDialect, finished_items, response_says, with_calls
from .responses_outputs import answers, closings

_OPEN_CALL = re.compile(r"No tool output found for")
_LOST_CALL = "The call was lost: nobody will answer it."
_UNENDED = frozenset({"queued", "in_progress"})


class ResponsesUpstream:
    pages_backwards = False
    keeps_runs = False

    def __init__(self, settings: Settings, items: Notes) -> None:
        self._assistants = read_assistants(settings)
        self._client = OpenAIClient(settings, {})
        self._conversations: Conversations = (
            LocalConversations(settings, items)
            if settings.conversations == "local"
            else ServerConversations(settings, self._client)
        )
        self._lock_seconds = settings.lock_seconds
        self._is_background = settings.runs_in_background
        self.outlives_streams = settings.runs_in_background

    def speaks_threads(self, _assistant_id: str) -> bool:
        return False

    def dialect(self, assistant_id: str) -> Dialect:
        return ResponsesDialect(self._is_clients(assistant_id))

    def check_assistant(self, assistant_id: str) -> None:
        self._assistant(assistant_id)

    async def assistants(self) -> Sequence[Json]:
        return [assistant.to_json() for assistant in self._assistants.values()]

    async def create_thread(self, body: Json) -> Json:
        return await self._conversations.create(body)

    async def retrieve_thread(self, thread_id: str) -> Json:
        return await self._conversations.retrieve(thread_id)

    async def list_messages(self, thread_id: str, page: Page) -> Json:
        return await self._conversations.messages(thread_id, page)

    async def create_message(self, thread_id: str, body: Json) -> Json:
        return await self._conversations.add_message(thread_id, body)

    @asynccontextmanager
    async def start_run(self, start: Start) -> AsyncIterator[Chunks]:
        assistant = self._assistant(start.assistant_id)
        parameters = self._parameters(assistant, start.metadata)
        async with self._create(start.thread_id, parameters) as chunks:
            yield chunks

    @asynccontextmanager
    async def submit_tool_outputs(
        self, run: Json, outputs: Sequence[Json]
    ) -> AsyncIterator[Chunks]:
        parameters = self._parameters(self._assistant(run["assistant_id"]), run["metadata"])
        items = answers(run, outputs)
        async with self._create(run["thread_id"], parameters, run["id"], items) as chunks:
            yield chunks

    def resume_run(self, run: Json, after: int) -> Stream | None:
        if not self._is_background or not run["upstream_ids"]:
            return None
        query: dict[str, Any] = {"starting_after": after}
        assistant = self._assistants.get(run["assistant_id"])
        options = assistant.parameters.get("stream_options", {}) if assistant else {}
        if "include_obfuscation" in options:
            query["include_obfuscation"] = options["include_obfuscation"]
        return self._client.stream_again(path("responses", run["upstream_ids"][-1]), query)

    async def retrieve_run(
        self, thread_id: str, upstream_id: str, assistant_id: str | None = None
    ) -> Json:
        response = await self._client.get(path("responses", upstream_id))
        conversation = response.get("conversation")
        whose = conversation.get("id") if isinstance(conversation, dict) else None
        if whose not in (None, thread_id):
            # A response is known by its id alone, also to those who may not see its thread.
            raise refused(404, f"No run found with id '{upstream_id}'.", "run_id")
        items = finished_items(response)
        return with_calls(response_says(response), items, self._is_clients(assistant_id))

    async def run_messages(self, run: Json) -> Sequence[Json]:
        response = await self._client.get(path("responses", run["upstream_ids"][-1]))
        items = finished_items(response)
        output = [
            {"response_id": response.get("id"), "output_index": place, "item": item}
            for place, item in enumerate(items)
        ]
        messages = messages_of_items(items[::-1], run["thread_id"], [{**run, "output": output}])
        return messages[::-1]

    async def cancel_run(self, thread_id: str, upstream_id: str) -> None:  # noqa: ARG002
        if not self._is_background:
            return
        where = path("responses", upstream_id)
        try:
            await self._client.post(f"{where}/cancel", {})
        except UpstreamRefused as refusal:
            # That a response has ended is said in words only, so ask for the response itself.
            if refusal.upstream_status not in {400, 409}:
                raise
            if (await self._client.get(where)).get("status") in _UNENDED:
                raise

    async def close_calls(self, run: Json, why: str) -> None:
        thread_id = run["thread_id"]
        calls = calls_of(run) or await self._open_calls(thread_id, ())
        await self._conversations.add(thread_id, closings(calls, why))

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        await self._conversations.keep(run, items, messages)

    def file_content(
        self,
        thread_id: str,  # noqa: ARG002  (files belong to no thread here)
        file_id: str,
        container_id: str | None = None,
    ) -> AbstractAsyncContextManager[File]:
        container = ("containers", container_id) if container_id else ()
        where = path(*container, "files", file_id, "content")
        return download(self._client, where, file_id)

    async def close(self) -> None:
        await self._client.close()

    def _assistant(self, assistant_id: str) -> Assistant:
        if assistant_id not in self._assistants:
            raise refused(404, f"No assistant found with id '{assistant_id}'.", "assistant_id")
        return self._assistants[assistant_id]

    def _is_clients(self, assistant_id: str | None) -> IsClients:
        """One that was configured before is not known any more, but its calls are there."""
        assistant = self._assistants.get(assistant_id or "")
        return declared_by(assistant.parameters) if assistant else is_clients

    @asynccontextmanager
    async def _create(
        self,
        thread_id: str,
        parameters: Json,
        run_id: str | None = None,
        items: Sequence[Json] = (),
    ) -> AsyncIterator[Chunks]:
        """The next response of the thread, to these items if a run goes on."""
        async with AsyncExitStack() as stack:

            async def begin() -> Chunks:
                told = await self._conversations.parameters(thread_id, run_id, items)
                stream = self._client.stream("/responses", {**told, **parameters})
                return await stack.enter_async_context(stream)

            try:
                chunks = await patiently(self._lock_seconds, begin)
            except UpstreamRefused as refusal:
                if not await self._is_mended(thread_id, refusal, items):
                    raise
                chunks = await patiently(self._lock_seconds, begin)
            await self._conversations.accepted(thread_id, items)
            yield chunks

    def _parameters(self, assistant: Assistant, metadata: Json | None) -> dict[str, Any]:
        parameters = dict(assistant.parameters)
        if metadata:
            parameters["metadata"] = {**parameters.get("metadata", {}), **metadata}
        if self._is_background:
            parameters["background"] = True
        return parameters

    async def _is_mended(
        self, thread_id: str, refusal: UpstreamRefused, items: Sequence[Json]
    ) -> bool:
        """Whether calls were open that nobody will answer, left by a relay that was killed.

        They are answered here; to ask once more is safe, since it was refused.
        """
        if not _OPEN_CALL.search(str(refusal)):
            return False
        lost = await self._open_calls(thread_id, items)
        await self._conversations.add(thread_id, closings(lost, _LOST_CALL))
        return bool(lost)

    async def _open_calls(self, thread_id: str, items: Sequence[Json]) -> list[Json]:
        """Calls of the thread that nobody has answered, not with these new items either."""
        return open_calls([*await self._conversations.items(thread_id), *items], is_clients)
