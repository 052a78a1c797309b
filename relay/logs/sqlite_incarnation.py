"""What a file's cursors are called, and when they must be called something else.

When the machine loses its power, what was committed last may be gone, and followers have been told
of it.  Its positions would be given out once more; so all cursors from before become gaps.
"""

import re
import secrets
import sqlite3
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def new_incarnation() -> str:
    return secrets.token_hex(5)


def boot_id() -> str:
    """Another one each time the machine starts; empty where that cannot be told."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def incarnate(connection: sqlite3.Connection, *, was_closed: bool) -> str:
    """The file's incarnation: a new one if the machine has gone down with the file open."""
    incarnation, boot = [
        connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0]
        for name in ("incarnation", "boot")
    ]
    if boot == boot_id():
        return str(incarnation)
    if not was_closed:
        incarnation = _renew(connection, incarnation)
    connection.execute("UPDATE facts SET value = ? WHERE name = 'boot'", (boot_id(),))
    # Whoever used it before the machine went down is dead, whatever the clock says by now.
    connection.execute("DELETE FROM relays")
    connection.execute("UPDATE threads SET owner = NULL WHERE owner IS NOT NULL")
    return str(incarnation)


def _renew(connection: sqlite3.Connection, old: str) -> str:
    """Frames are kept as they are sent, so what they are called is in each of them."""
    new = new_incarnation()
    # Frames hold no blank line: what follows one is an id that the relay has written.
    stamp = re.compile(rb"(\A|\n\n)id: %b-" % old.encode())
    stamped = rb"\1id: %b-" % new.encode()
    connection.create_function("renewed", 1, lambda data: stamp.sub(stamped, data))
    for table in ("blocks", "fresh"):
        connection.execute(f"UPDATE {table} SET data = renewed(data)")  # noqa: S608
    connection.execute("UPDATE facts SET value = ? WHERE name = 'incarnation'", (new,))
    return new
