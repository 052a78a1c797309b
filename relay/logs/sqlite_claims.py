"""Which relay has which thread, in a SQLite file.

A relay is alive for so long after it said so last, unless its process is seen to be dead.  One that
is not alive is buried by whoever wants a thread of its, and loses them all.  Should it go on, it
sees so in the transaction in which it would have appended.
"""

import secrets
import sqlite3
import time

from .sqlite_lives import Life, bury, has_died

# Whether a relay is alive at `:now`.  The clock is that of the machine, which all of its processes
# share, and which nobody sets.  It begins anew when the machine does, hence the first half.
_LEASES_TO_BURIAL = 10
ALIVE = "(renewed <= :now AND :now < renewed + lease)"


class Claims:
    """This relay's.  All is done within a transaction of the writer."""

    def __init__(self, path: str, lease_seconds: float) -> None:
        self._path = path
        self._lease_seconds = lease_seconds
        # Which relay this is: another one once it has been buried.
        self.relay = 0
        # The numbers of the threads that it has; None if that has to be looked up.
        self._numbers: set[int] | None = None
        self._life: Life | None = None
        # Whether other processes use the file, and so want to hear of what is appended.
        self.has_neighbours = False

    def check(self, connection: sqlite3.Connection) -> None:
        """At the begin of each transaction: until its end nobody can take anything."""
        mine, alive = connection.execute(
            "SELECT total(id = ?), count(*) FROM relays", (self.relay,)
        ).fetchone()
        self.has_neighbours = alive > int(mine)
        if not mine:
            self._enter(connection)
        if self._numbers is None:
            owned = "SELECT number FROM threads WHERE owner = ?"
            self._numbers = {number for (number,) in connection.execute(owned, (self.relay,))}

    def undone(self) -> None:
        """The transaction has failed, and what was claimed or released in it with it."""
        self._numbers = None

    def has(self, number: int) -> bool:
        return self._numbers is not None and number in self._numbers

    def claim(self, connection: sqlite3.Connection, thread_id: str) -> int | None:
        """The thread's number; None if a relay that is alive has it."""
        row = connection.execute(
            "SELECT number, owner FROM threads WHERE id = ?", (thread_id,)
        ).fetchone()
        if row is None:
            return self._add(connection, thread_id)
        number, owner = row
        if owner not in (None, self.relay) and not self._bury(connection, owner):
            return None
        connection.execute(
            "UPDATE threads SET owner = ?, used = ? WHERE number = ?",
            (self.relay, int(time.time()), number),
        )
        return self._take(number)

    def release(self, connection: sqlite3.Connection, thread_id: str) -> None:
        row = connection.execute(
            "SELECT number FROM threads WHERE id = ? AND owner = ?", (thread_id, self.relay)
        ).fetchone()
        if row is not None and self._numbers is not None:
            connection.execute("UPDATE threads SET owner = NULL WHERE number = ?", row)
            self._numbers.discard(row[0])

    def renew(self, connection: sqlite3.Connection) -> None:
        """Say that this relay is alive, and bury those that have been dead for long."""
        now = time.monotonic()
        connection.execute("UPDATE relays SET renewed = ? WHERE id = ?", (now, self.relay))
        long_ago = now - _LEASES_TO_BURIAL * self._lease_seconds
        dead = f"SELECT id FROM relays WHERE NOT {ALIVE} AND NOT renewed BETWEEN :long_ago AND :now"  # noqa: S608
        for (relay,) in connection.execute(dead, {"now": now, "long_ago": long_ago}).fetchall():
            self._remove(connection, relay)

    def leave(self, connection: sqlite3.Connection) -> None:
        """All that it has is anybody's."""
        self._remove(connection, self.relay)
        self._numbers = set()

    def close(self) -> None:
        if self._life is not None:
            self._life.end()

    def _enter(self, connection: sqlite3.Connection) -> None:
        self.relay = secrets.randbits(62)
        self.close()
        self._life = Life(self._path, self.relay)
        connection.execute(
            "INSERT INTO relays VALUES (?, ?, ?)",
            (self.relay, time.monotonic(), self._lease_seconds),
        )
        self._numbers = set()

    def _add(self, connection: sqlite3.Connection, thread_id: str) -> int:
        cursor = connection.execute(
            "INSERT INTO threads (id, owner, used, trimmed)"
            " SELECT ?, ?, ?, value FROM facts WHERE name = 'floor'",
            (thread_id, self.relay, int(time.time())),
        )
        assert cursor.lastrowid is not None  # noqa: S101  (a row was inserted)
        return self._take(cursor.lastrowid)

    def _take(self, number: int) -> int:
        assert self._numbers is not None  # noqa: S101  (`check` has looked it up)
        self._numbers.add(number)
        return number

    def _bury(self, connection: sqlite3.Connection, relay: int) -> bool:
        """False if it is alive."""
        is_alive = connection.execute(
            f"SELECT 1 FROM relays WHERE id = :relay AND {ALIVE}",  # noqa: S608
            {"relay": relay, "now": time.monotonic()},
        ).fetchone()
        if is_alive and not has_died(self._path, relay):
            return False
        self._remove(connection, relay)
        return True

    def _remove(self, connection: sqlite3.Connection, relay: int) -> None:
        connection.execute("UPDATE threads SET owner = NULL WHERE owner = ?", (relay,))
        connection.execute("DELETE FROM relays WHERE id = ?", (relay,))
        if relay != self.relay:
            bury(self._path, relay)
