"""What is kept of threads beside their logs, and what was answered under a key, in Redis."""

import json
import secrets
from collections.abc import Sequence

from ..logs import Note
from .redis_claim_scripts import BEGIN, PUT_NOTES, READ_NOTES
from .redis_set import evaluate
from .redis_shared import MAX_NOTES, Shared


def written(kind: str, note: Note) -> tuple[bytes, bytes, bytes]:
    """Id, text, and whether the run is over: 0 or 1; nothing where it is no run."""
    is_over = b"%d" % bool(note.get("is_over")) if kind == "runs" else b""
    return note["id"].encode("utf-8", "surrogatepass"), json.dumps(note).encode(), is_over


class RedisNotes:
    """Those of a thread that is not used are forgotten after a time."""

    def __init__(self, shared: Shared, kind: str) -> None:
        self._shared = shared
        self._kind = kind

    async def read(self, thread_id: str) -> Sequence[Note]:
        keys = self._shared.data_set.notes(self._kind, thread_id)
        texts = await self._shared.wire.call(evaluate(READ_NOTES, keys[:2], self._shared.keep_ms))
        return [json.loads(text) for text in texts]

    async def put(self, thread_id: str, notes: Sequence[Note]) -> None:
        shared = self._shared
        keys = shared.data_set.notes(self._kind, thread_id)
        fields = [part for note in notes for part in written(self._kind, note)]
        await shared.wire.call(
            evaluate(
                PUT_NOTES, (shared.data_set.key, *keys, shared.data_set.noted(thread_id)),
                thread_id.encode(), b"%d" % MAX_NOTES, shared.keep_ms, *fields,
            )
        )  # fmt: skip


class RedisKeys:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def begin(self, key: str, note: Note, ttl_seconds: float) -> Note | None:
        # Told apart by a word of its own: asked once more, its own note is no other one.
        text = json.dumps([secrets.token_hex(8), note]).encode()
        there = await self._shared.wire.call(
            evaluate(BEGIN, (self._key(key),), text, _milliseconds(ttl_seconds))
        )
        if there is None or there == text:
            return None
        return _note(there)

    async def get(self, key: str) -> Note | None:
        there = await self._shared.wire.call((b"GET", self._key(key)))
        return _note(there) if there else None

    async def put(self, key: str, note: Note, ttl_seconds: float) -> None:
        text = json.dumps(["", note]).encode()
        await self._shared.wire.call(
            (b"SET", self._key(key), text, b"PX", _milliseconds(ttl_seconds))
        )

    async def forget(self, key: str) -> None:
        await self._shared.wire.call((b"DEL", self._key(key)))

    def _key(self, key: str) -> bytes:
        return b"%bkey:%b" % (self._shared.data_set.prefix, key.encode("utf-8", "surrogatepass"))


def _note(text: bytes) -> Note:
    note: Note = json.loads(text)[1]
    return note


def _milliseconds(seconds: float) -> bytes:
    return b"%d" % max(1, seconds * 1000)
