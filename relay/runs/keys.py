"""Idempotency: the same key is the same answer, however often it is posted."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import Draining, KeyReused, UpstreamLost

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Entry:
    body: Hashable
    task: asyncio.Task[Any]
    expires_at: float


class Keys:
    """What was posted under which key.

    Each is carried out in a task of its own, so that a client that leaves changes nothing.
    """

    def __init__(self, ttl_seconds: float, max_keys: int = 100_000) -> None:
        self._ttl_seconds = ttl_seconds
        self._max_keys = max_keys
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        # Tasks that nobody's key holds.
        self._tasks: set[asyncio.Task[Any]] = set()

    async def once(
        self, key: Hashable | None, body: Hashable, carry_out: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Carry out, or give the answer of the time before.  A refusal frees the key; what may
        have been done after all keeps it.

        Raises KeyReused if the key came with another body, and what `carry_out` raises.
        """
        if key is None:
            return await asyncio.shield(self._begin(carry_out))
        self._forget_expired()
        if len(self._entries) >= self._max_keys and key not in self._entries:
            # To forget one early could let a repeated request start a second run.
            raise Draining("too many Idempotency-Keys are remembered; try again later")
        entry = self._entries.get(key)
        if entry is None:
            entry = self._remember(key, body, self._begin(carry_out))
        if entry.body != body:
            raise KeyReused("this Idempotency-Key was used for another request")
        answer: Answer = await asyncio.shield(entry.task)
        return answer

    async def close(self) -> None:
        """End what is still being carried out."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, carry_out: Callable[[], Awaitable[Answer]]) -> asyncio.Task[Answer]:
        async def carried_out() -> Answer:
            return await carry_out()

        task = asyncio.create_task(carried_out())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Whoever asked may have gone; then nobody looks at a refusal, and that is all right.
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return task

    def _remember(self, key: Hashable, body: Hashable, task: asyncio.Task[Any]) -> _Entry:
        entry = _Entry(body, task, time.monotonic() + self._ttl_seconds)
        self._entries[key] = entry
        task.add_done_callback(lambda task: self._free_if_refused(key, task))
        return entry

    def _free_if_refused(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        is_unknown = isinstance(error, UpstreamLost) and error.unknown
        if task.cancelled() or (error is not None and not is_unknown):
            self._entries.pop(key, None)

    def _forget_expired(self) -> None:
        """Oldest first; one that is still being carried out is never forgotten."""
        now = time.monotonic()
        while self._entries:
            key, entry = next(iter(self._entries.items()))
            if entry.expires_at > now or not entry.task.done():
                return
            del self._entries[key]
