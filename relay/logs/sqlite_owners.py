"""Who has which thread, as any relay may ask; and what relays send to each other."""

import sqlite3
import time
from collections.abc import Sequence

from .sqlite_claims import ALIVE
from .sqlite_lives import has_died
from .sqlite_transaction import Transaction

# An inbox that nobody empties belongs to a relay that has died.
_INBOX_SECONDS = 600
_MAX_INBOX = 10_000


def find_owner(connection: sqlite3.Connection, path: str, thread_id: str) -> str | None:
    """The id of the relay that has a thread, if it is alive."""
    row = connection.execute(
        "SELECT owner FROM threads JOIN relays ON relays.id = owner"  # noqa: S608
        f" WHERE threads.id = :thread AND {ALIVE}",
        {"thread": thread_id, "now": time.monotonic()},
    ).fetchone()
    return None if row is None or has_died(path, row[0]) else str(row[0])


def find_orphans(connection: sqlite3.Connection, path: str) -> Sequence[str]:
    """Threads with runs that have not ended, which no relay has that is alive."""
    rows = connection.execute(
        "SELECT DISTINCT thread, relays.id FROM notes"  # noqa: S608
        " LEFT JOIN threads ON threads.id = thread"
        f" LEFT JOIN relays ON relays.id = owner AND {ALIVE} WHERE is_open",
        {"now": time.monotonic()},
    ).fetchall()
    dead = {relay for relay in {relay for _, relay in rows} if relay and has_died(path, relay)}
    return [thread_id for thread_id, relay in rows if relay is None or relay in dead]


def has_post(connection: sqlite3.Connection, relay: int) -> bool:
    [found] = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM inboxes WHERE relay = ?)", (relay,)
    ).fetchone()
    return bool(found)


def send(transaction: Transaction, relay: str, note: str) -> None:
    now = int(time.time())
    cursor = transaction.connection.execute(
        "INSERT INTO inboxes (relay, at, note) VALUES (?, ?, ?)", (int(relay), now, note)
    )
    assert cursor.lastrowid is not None  # noqa: S101  (a row was inserted)
    transaction.connection.execute(
        "DELETE FROM inboxes WHERE number <= ? OR at < ?",
        (cursor.lastrowid - _MAX_INBOX, now - _INBOX_SECONDS),
    )


def take(transaction: Transaction) -> Sequence[str]:
    """What has been sent to this relay."""
    relay = (transaction.claims.relay,)
    notes = transaction.connection.execute(
        "SELECT note FROM inboxes WHERE relay = ? ORDER BY number", relay
    ).fetchall()
    transaction.connection.execute("DELETE FROM inboxes WHERE relay = ?", relay)
    return [note for (note,) in notes]
