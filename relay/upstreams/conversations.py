"""Threads as conversations that the server keeps."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

from ..listing import list_object
from ..settings import Settings
from . import Json, Page, Watched
from .client import OpenAIClient, path
from .items_as_messages import messages_of_items
from .locks import patiently
from .responses_items import item_of

# How many items a server takes at once, and gives at once.
_MOST_PER_POST = 20
_MOST_PER_PAGE = 100

# What an item shows only to those who ask for it.
_INCLUDE = {"include": ["message.input_image.image_url"]}


class Conversations(Protocol):
    """Where threads are kept: at the server, or in the relay's own store."""

    async def create(self, body: Json) -> Json: ...

    async def retrieve(self, thread_id: str) -> Json: ...

    async def messages(self, thread_id: str, page: Page) -> Json: ...

    async def add_message(self, thread_id: str, body: Json) -> Json: ...

    async def add(self, thread_id: str, items: Sequence[Json]) -> None:
        """Items that nobody is shown, such as outputs of calls."""
        ...

    async def items(self, thread_id: str) -> Sequence[Json]:
        """All items, in any order."""
        ...

    async def parameters(self, thread_id: str, run_id: str | None, items: Sequence[Json]) -> Json:
        """What `responses.create` is told of the thread, and of items that are new, of a run that
        goes on.
        """
        ...

    async def accepted(self, thread_id: str, items: Sequence[Json]) -> None:
        """The server has taken these new items."""
        ...

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        """As in `Upstream.keep`."""
        ...


class ServerConversations:
    def __init__(self, settings: Settings, client: OpenAIClient) -> None:
        self._client = client
        self._lock_seconds = settings.lock_seconds

    async def create(self, body: Json) -> Json:
        items = [item_of(message) for message in body.get("messages") or ()]
        first = {"items": items[:_MOST_PER_POST]} if items else {}
        metadata = {"metadata": body["metadata"]} if body.get("metadata") else {}
        conversation = await self._client.post("/conversations", {**first, **metadata})
        thread = _thread(conversation)
        await self.add(thread["id"], items[_MOST_PER_POST:])
        return thread

    async def retrieve(self, thread_id: str) -> Json:
        return _thread(await self._client.get(path("conversations", thread_id)))

    async def messages(self, thread_id: str, page: Page) -> Json:
        """Many items are no messages, so that one page of these may take several of those."""
        where = path("conversations", thread_id, "items")
        found: list[Json] = []
        after, limit, has_more = page.after, min(page.limit + 1, _MOST_PER_PAGE), True
        while has_more and len(found) <= page.limit:
            query = {**_INCLUDE, "limit": limit, "order": page.order}
            listed = await self._client.get(where, query | ({"after": after} if after else {}))
            items = _entries(listed)
            found += _in_order(items, thread_id, page.order)
            last = items[-1].get("id") if items else None
            has_more = listed.get("has_more") is True and isinstance(last, str) and last != after
            after, limit = last, _MOST_PER_PAGE
        return list_object(found, page.limit, more=has_more)

    async def add_message(self, thread_id: str, body: Json) -> Json:
        added = await self._post(thread_id, [item_of(body)])
        told = {"created_at": int(time.time()), "metadata": body.get("metadata") or {}}
        return _in_order([{**item, **told} for item in added], thread_id, "asc")[0]

    async def add(self, thread_id: str, items: Sequence[Json]) -> None:
        for start in range(0, len(items), _MOST_PER_POST):
            await self._post(thread_id, items[start : start + _MOST_PER_POST])

    async def items(self, thread_id: str) -> Sequence[Json]:
        return await self._client.pages(path("conversations", thread_id, "items"), {})

    async def parameters(
        self,
        thread_id: str,
        run_id: str | None,  # noqa: ARG002  (the server knows what belongs together)
        items: Sequence[Json],
    ) -> Json:
        # With a conversation there must be an input all the same, though it may be empty.
        return {"conversation": thread_id, "input": items}

    async def accepted(self, thread_id: str, items: Sequence[Json]) -> None:
        """The server adds them itself."""

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        """The server does."""

    async def _post(self, thread_id: str, items: Sequence[Json]) -> list[dict[str, Any]]:
        where = path("conversations", thread_id, "items")
        posted = await patiently(
            self._lock_seconds, lambda: self._client.post(where, {"items": items}, _INCLUDE)
        )
        return _entries(posted)


def _thread(conversation: Json) -> Json:
    return {
        "id": conversation.get("id"),
        "object": "thread",
        "created_at": conversation.get("created_at"),
        "metadata": conversation.get("metadata") or {},
        "tool_resources": {},
    }


def _entries(listed: Json) -> list[dict[str, Any]]:
    entries = listed.get("data")
    return [entry for entry in entries if isinstance(entry, dict)] if entries else []


def _in_order(items: Sequence[Json], thread_id: str, order: str) -> list[Json]:
    """Messages in the order of their items."""
    if order == "asc":
        return list(reversed(messages_of_items(items[::-1], thread_id)))
    return list(messages_of_items(items, thread_id))
