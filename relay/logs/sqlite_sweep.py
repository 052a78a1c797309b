"""Forgets what is too old, a little at a time: tokens wait for the same writer meanwhile."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from .sqlite_blocks import has_anything
from .sqlite_transaction import Transaction
from .sqlite_trim import delete_blocks, find_old

# How much one commit looks at.
_THREADS = 50
_NOTES = 100
_KEYS = 500
# Pages that are free are used again; when there are many, some go back to the file system.
_MOST_FREE_PAGES = 1000
_PAGES = 200


class Ages(NamedTuple):
    """How long things are kept, in seconds; None for ever."""

    blocks: float | None
    notes: float | None


class Place(NamedTuple):
    """How far a sweep has come."""

    thread: int = 0
    note: int = 0


class Swept(NamedTuple):
    # None at the end.
    next: Place | None
    # Threads whose logs have lost something.
    changed: Sequence[str]


def sweep(ages: Ages, place: Place, transaction: Transaction) -> Swept:
    """One step.  Of the relays that share a file one sweeps."""
    if not _is_sweeper(transaction):
        return Swept(None, ())
    before = set(transaction.changed)
    thread = _sweep_threads(transaction, ages, place.thread)
    note = _sweep_notes(transaction, ages, place.note)
    transaction.connection.execute(
        "DELETE FROM keys WHERE key IN (SELECT key FROM keys WHERE expires < ? LIMIT ?)",
        (time.time(), _KEYS),
    )
    _give_back(transaction)
    is_over = thread == place.thread and note == place.note
    return Swept(None if is_over else Place(thread, note), [*transaction.changed - before])


def _is_sweeper(transaction: Transaction) -> bool:
    [first] = transaction.connection.execute("SELECT min(id) FROM relays").fetchone()
    return bool(first == transaction.claims.relay)


def _sweep_threads(transaction: Transaction, ages: Ages, beyond: int) -> int:
    """Those that a relay has are trimmed by it."""
    now = int(time.time())
    rows = transaction.connection.execute(
        "SELECT number, id, used FROM threads WHERE number > ? AND owner IS NULL"
        " ORDER BY number LIMIT ?",
        (beyond, _THREADS),
    ).fetchall()
    for number, thread_id, used in rows:
        if ages.blocks is not None:
            last = find_old(transaction.connection, number, now - int(ages.blocks))
            if last is not None:
                transaction.changed.add(thread_id)
                if not delete_blocks(transaction.connection, number, last):
                    # There is more of it: it comes once more.
                    return int(number) - 1
        if ages.notes is not None and used < now - ages.notes:
            _forget(transaction, number, thread_id)
    return int(rows[-1][0]) if rows else beyond


def _forget(transaction: Transaction, number: int, thread_id: str) -> None:
    """Of a thread of which nothing is left but its place: no later one begins before it."""
    if has_anything(transaction.connection, thread_id):
        return
    transaction.connection.execute(
        "UPDATE facts SET value = max(value, (SELECT trimmed FROM threads WHERE number = ?))"
        " WHERE name = 'floor'",
        (number,),
    )
    transaction.connection.execute("DELETE FROM threads WHERE number = ?", (number,))


def _sweep_notes(transaction: Transaction, ages: Ages, beyond: int) -> int:
    """Those of a thread go together, once the newest is too old."""
    [end] = transaction.connection.execute(
        "SELECT max(number) FROM (SELECT number FROM notes WHERE number > ? ORDER BY number"
        " LIMIT ?)",
        (beyond, _NOTES),
    ).fetchone()
    if end is None:
        return beyond
    if ages.notes is not None:
        transaction.connection.execute(
            "DELETE FROM notes WHERE number > :beyond AND number <= :end AND at < :at"
            " AND NOT is_open AND :at > (SELECT max(at) FROM notes AS other"
            " WHERE other.thread = notes.thread AND other.kind = notes.kind)",
            {"beyond": beyond, "end": end, "at": int(time.time() - ages.notes)},
        )
    return int(end)


def _give_back(transaction: Transaction) -> None:
    connection = transaction.connection
    [free] = connection.execute("PRAGMA freelist_count").fetchone()
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    if free > max(_MOST_FREE_PAGES, pages // 4):
        connection.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
