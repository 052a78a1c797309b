"""Where the rows of logs stand: new ones in the order of their commits, later each beside its like.

A commit writes every page that it touches.  If each row went to its place in its thread's log at
once, then a commit of tokens of a hundred threads would write a hundred pages; so they are put side
by side into `fresh` at first, and many at once move to `blocks`.  Whoever reads looks at both.
"""

import sqlite3

# One integer is the key of a block: its thread's number, then its last position.
_POSITION_BITS = 34
LAST_POSITION = (1 << _POSITION_BITS) - 1

# So many rows move at once: fewer would write too much, and more would hold up a token for long.
_MOST_FRESH = 2000
_COLUMNS = "id, at, start, run, data"

# How many rows one statement inserts.  Each statement gives the interpreter up and asks for it
# again, which may take long: so the fewer the better.
_SIZES = (64, 32, 16, 8, 4, 2, 1)
_INSERTS = {
    size: f"INSERT INTO fresh ({_COLUMNS}) VALUES "  # noqa: S608
    + ",".join(["(?, ?, ?, ?, ?)"] * size)
    for size in _SIZES
}


def key(number: int, position: int) -> int:
    return number << _POSITION_BITS | position


def span(number: int) -> tuple[int, int]:
    """All keys that a thread may have."""
    return key(number, 0), key(number, LAST_POSITION)


def position(key: int) -> int:
    return key & LAST_POSITION


def select(columns: str, where: str, order: str = "id") -> str:
    """From both tables.  SQLite merges what it finds as it goes, as long as it is put like this."""
    return (
        f"SELECT {columns} FROM blocks WHERE {where}"  # noqa: S608
        f" UNION ALL SELECT {columns} FROM fresh WHERE {where} ORDER BY {order}"
    )


def insert_rows(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    start, number = 0, 0
    while start < len(rows):
        size = next(size for size in _SIZES if size <= len(rows) - start)
        values: list[object] = []
        for row in rows[start : start + size]:
            values += row
        number = connection.execute(_INSERTS[size], values).lastrowid or 0
        start += size
    # An empty table counts from 1.
    if number >= _MOST_FRESH:
        move_rows(connection)


def move_rows(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM fresh LIMIT 1").fetchone() is None:
        return
    connection.execute(
        f"INSERT INTO blocks ({_COLUMNS}) SELECT {_COLUMNS} FROM fresh ORDER BY id"  # noqa: S608
    )
    connection.execute("DELETE FROM fresh")
