"""Notes and keys in a SQLite file, as what uses them sees them."""

import json
import sqlite3
import time
from collections.abc import Sequence
from functools import partial

from ..logs import Note
from .sqlite_note_rows import put_rows, read_rows, to_row
from .sqlite_reader import Reader
from .sqlite_transaction import Transaction
from .sqlite_writer import Writer


class SqliteNotes:
    def __init__(self, kind: str, reader: Reader, writer: Writer) -> None:
        self._kind = kind
        self._reader = reader
        self._writer = writer

    async def read(self, thread_id: str) -> Sequence[Note]:
        texts = await self._reader.do(partial(read_rows, thread_id=thread_id, kind=self._kind))
        return [json.loads(text) for text in texts]

    async def put(self, thread_id: str, notes: Sequence[Note]) -> None:
        rows = [to_row(self._kind, note) for note in notes]

        def put(transaction: Transaction) -> None:
            put_rows(transaction.connection, thread_id, self._kind, rows)

        await self._writer.do(put)


class SqliteKeys:
    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def begin(self, key: str, note: Note, ttl_seconds: float) -> Note | None:
        def begin(transaction: Transaction) -> str | None:
            found = _get(transaction.connection, key)
            if found is None:
                _put(transaction, key, note, ttl_seconds)
            return found

        found = await self._writer.do(begin)
        return None if found is None else json.loads(found)

    async def get(self, key: str) -> Note | None:
        found = await self._reader.do(partial(_get, key=key))
        return None if found is None else json.loads(found)

    async def put(self, key: str, note: Note, ttl_seconds: float) -> None:
        await self._writer.do(lambda transaction: _put(transaction, key, note, ttl_seconds))

    async def forget(self, key: str) -> None:
        def forget(transaction: Transaction) -> None:
            transaction.connection.execute("DELETE FROM keys WHERE key = ?", (_bytes(key),))

        await self._writer.do(forget)


def _get(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute(
        "SELECT note FROM keys WHERE key = ? AND expires > ?", (_bytes(key), time.time())
    ).fetchone()
    return None if row is None else str(row[0])


def _put(transaction: Transaction, key: str, note: Note, ttl_seconds: float) -> None:
    transaction.connection.execute(
        "INSERT OR REPLACE INTO keys (key, expires, note) VALUES (?, ?, ?)",
        (_bytes(key), time.time() + ttl_seconds, json.dumps(note)),
    )


def _bytes(key: str) -> bytes:
    """A header's bytes, which need not be UTF-8."""
    return key.encode("utf-8", "surrogatepass")
