"""Idempotency: the same key is the same answer, however often it is posted."""

import asyncio
import json
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from ..errors import KeyReused, TooManyKeys
from ..logs import KeyStore
from .kept_answers import Codec, KeptAnswers

Answer = TypeVar("Answer")


class Key(NamedTuple):
    """An Idempotency-Key in its scope."""

    thread_id: str
    endpoint: str
    name: str

    @property
    def starts_run(self) -> bool:
        """Such a key is never forgotten early: its repetition could buy a second run."""
        return self.endpoint == "runs"


@dataclass(slots=True)
class _Entry:
    # Of the request's body, since the body itself may be large.
    digest: bytes
    task: asyncio.Task[Any]
    expires_at: float
    # What the answer takes, where it is a text.
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is remembered.  Keys that start no run make room, the oldest first."""

    runs_per_thread: int = 1000
    runs: int = 250_000
    others: int = 100_000
    bytes: int = 64 * 1024 * 1024


class Keys:
    """What was posted under which key.

    Each is carried out in a task of its own, so that a client that leaves changes nothing.
    """

    def __init__(
        self, ttl_seconds: float, limits: Limits | None = None, kept: KeyStore | None = None
    ) -> None:
        """`kept` is where answers are that outlive the process."""
        self._ttl_seconds = ttl_seconds
        self._kept = KeptAnswers(kept, ttl_seconds) if kept else None
        self._limits = limits or Limits()
        # Oldest first: those that start runs, and the others.
        self._runs: OrderedDict[Key, _Entry] = OrderedDict()
        self._others: OrderedDict[Key, _Entry] = OrderedDict()
        self._runs_of: Counter[str] = Counter()
        self._bytes = 0
        # Tasks that nobody's key holds.
        self._tasks: set[asyncio.Task[Any]] = set()

    async def once(
        self,
        key: Key | None,
        body: str,
        carry_out: Callable[[], Awaitable[Answer]],
        codec: Codec[Answer] | None = None,
    ) -> Answer:
        """Carry out, or give the answer of the time before.  A refusal frees the key; what may
        have been done after all keeps it.  `codec` is how the answer outlives the process, if it
        does.

        Raises KeyReused if the key came with another body, TooManyKeys, and what `carry_out`
        raises.
        """
        if key is None:
            return await asyncio.shield(self._begin(carry_out))
        self._forget_expired()
        digest = sha256(body.encode(errors="surrogatepass")).digest()
        entry = self._entries(key).get(key)
        if entry is None:
            self._check(key)
            entry = self._remember(
                key, digest, self._begin(self._keeping(key, digest, carry_out, codec))
            )
        if entry.digest != digest:
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

    def _keeping(
        self,
        key: Key,
        digest: bytes,
        carry_out: Callable[[], Awaitable[Answer]],
        codec: Codec[Answer] | None,
    ) -> Callable[[], Awaitable[Answer]]:
        kept = self._kept
        if kept is None or codec is None:
            return carry_out
        return lambda: kept.once(json.dumps(key), digest.hex(), carry_out, codec)

    def _entries(self, key: Key) -> OrderedDict[Key, _Entry]:
        return self._runs if key.starts_run else self._others

    def _check(self, key: Key) -> None:
        if not key.starts_run:
            return
        if self._runs_of[key.thread_id] >= self._limits.runs_per_thread:
            raise TooManyKeys(
                f"{self._limits.runs_per_thread} Idempotency-Keys of runs on thread "
                f"{key.thread_id} are remembered; use another thread"
            )
        if len(self._runs) >= self._limits.runs:
            raise TooManyKeys(f"{self._limits.runs} Idempotency-Keys of runs are remembered")

    def _remember(self, key: Key, digest: bytes, task: asyncio.Task[Any]) -> _Entry:
        entry = _Entry(digest, task, time.monotonic() + self._ttl_seconds)
        self._entries(key)[key] = entry
        if key.starts_run:
            self._runs_of[key.thread_id] += 1
        task.add_done_callback(lambda _: self._look_at(key, entry))
        return entry

    def _look_at(self, key: Key, entry: _Entry) -> None:
        """When it has been carried out: a refusal is forgotten, an answer weighed."""
        error = None if entry.task.cancelled() else entry.task.exception()
        is_unknown = getattr(error, "unknown", False)
        if entry.task.cancelled() or (error is not None and not is_unknown):
            self._forget(key)
            return
        answer = None if error else entry.task.result()
        entry.size = len(answer) if isinstance(answer, str) else 0
        self._bytes += entry.size
        self._make_room()

    def _make_room(self) -> None:
        """Forget the oldest answers that started no run, as far as there are too many."""
        while self._is_over():
            # One that is being carried out is soon done, and then it is looked at again.
            key, entry = next(iter(self._others.items()))
            if not entry.task.done():
                return
            self._forget(key)

    def _is_over(self) -> bool:
        return len(self._others) > self._limits.others or self._bytes > self._limits.bytes

    def _forget_expired(self) -> None:
        """Oldest first; one that is still being carried out is never forgotten."""
        now = time.monotonic()
        for entries in (self._runs, self._others):
            while entries:
                key, entry = next(iter(entries.items()))
                if entry.expires_at > now or not entry.task.done():
                    break
                self._forget(key)

    def _forget(self, key: Key) -> None:
        entry = self._entries(key).pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        if key.starts_run:
            self._runs_of[key.thread_id] -= 1
            if not self._runs_of[key.thread_id]:
                del self._runs_of[key.thread_id]
