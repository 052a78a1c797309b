"""The messages that are added to a thread, one at a time, so that followers get them in its order.

Whether one was added may stay unknown: the upstream was silent, or a relay was killed meanwhile.
Then the upstream's list is looked at, before anything else is added or started.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from itertools import takewhile
from typing import Any

from ..errors import ClaimLost, RelayError, StoreFailed, UpstreamLost, UpstreamRefused
from ..feed import Feed
from ..frames import relay_frame
from ..logs import Note
from ..upstreams import Json, Page, Upstream
from .book import Book
from .looking import Looking
from .sight import Sight

# For how long an upstream that is away keeps from going on without knowing.
_PATIENCE_SECONDS = 600.0

_logger = logging.getLogger(__name__)


class Messages:
    __slots__ = ("_book", "_feed", "_lock", "_settling", "_sight", "_thread_id", "_upstream")

    def __init__(
        self, thread_id: str, upstream: Upstream, feed: Feed, sight: Sight, book: Book
    ) -> None:
        self._thread_id = thread_id
        self._upstream = upstream
        self._feed = feed
        self._sight = sight
        self._book = book
        self._lock = asyncio.Lock()
        # Made when it is needed, which is hardly ever.
        self._settling: Looking | None = None

    @property
    def is_busy(self) -> bool:
        is_settling = self._settling is not None and self._settling.is_under_way
        return self._lock.locked() or is_settling

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While it is entered nobody else adds any, and those from before it have been told.

        Raises UpstreamLost, StoreFailed and ClaimLost.
        """
        async with self._lock:
            if self._book.adding is not None:
                await self._settle(self._book.adding)
            yield

    async def settle(self) -> None:
        """Tell the message of which nobody knows whether it was added, if it was."""
        async with self.turn():
            pass

    def settle_soon(self) -> None:
        """The same, without waiting: another relay may have been killed while it added one."""
        if self._book.adding is not None:
            self._settling = self._settling or Looking(self.settle)
            self._settling.again()

    def close(self) -> None:
        if self._settling is not None:
            self._settling.end()

    async def add(self, body: Json) -> Json:
        """Add one, and tell followers.

        Raises StoreFailed, ClaimLost and what the upstream raises.
        """
        await self._book.note_adding(body)
        try:
            message = await self._upstream.create_message(self._thread_id, body)
        except RelayError as error:
            if not getattr(error, "unknown", False):
                with suppress(StoreFailed, ClaimLost):
                    await self._book.note_adding(None)
            raise
        await self._tell(message)
        return message

    async def _tell(self, message: Json) -> None:
        note = self._book.adding_note(None) if self._book.is_durable else None
        await self._feed.publish([relay_frame("relay.message", message)], None, note)
        self._book.adding = None

    async def _settle(self, adding: Note) -> None:
        try:
            listed = await self._upstream.list_messages(self._thread_id, Page())
        except (UpstreamRefused, UpstreamLost) as error:
            is_passing = isinstance(error, UpstreamLost) or error.is_passing
            if is_passing and time.time() < adding["at"] + _PATIENCE_SECONDS:
                # Nothing else was tried yet, so that much is known.
                raise UpstreamLost(str(error)) from None
            why = error.in_short
            _logger.warning("thread %s: nobody knows of a message: %s", self._thread_id, why)
            added = None
        else:
            seen = {message["id"] for message in (await self._sight.see()).messages}
            added = _newest_of(adding["body"], listed.get("data"), seen)
        if added is None:
            await self._book.note_adding(None)
        else:
            await self._tell(added)


def _newest_of(body: Json, listed: Any, seen: Collection[str]) -> Json | None:
    """The message that this body became, if it did: it stands above all that have been seen."""
    messages = [
        one for one in listed or () if isinstance(one, dict) and isinstance(one.get("id"), str)
    ]
    unseen = takewhile(lambda message: message["id"] not in seen, messages)
    said = [body["role"], *_texts(body)]
    return next((one for one in unseen if [one.get("role"), *_texts(one)] == said), None)


def _texts(message: Json) -> list[Any]:
    content = message.get("content")
    if isinstance(content, str):
        return [content]
    parts = [part for part in content or () if isinstance(part, dict) and "text" in part]
    texts = [part["text"] for part in parts]
    return [text.get("value") if isinstance(text, dict) else text for text in texts]
