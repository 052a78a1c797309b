"""The rows of a log that go: what is beyond its limits, and what is too old."""

import sqlite3
from typing import NamedTuple

from .sqlite_rows import key, position, select, span

# How many rows go at once: others wait for the writer meanwhile.
_DELETED_ROWS = 500

_WITHIN = "id BETWEEN ?1 AND ?2"


class Excess(NamedTuple):
    """What must go of a log, for each limit that does not hold."""

    # The block at this position and all before it.
    position: int | None
    # The block with which so many bytes had come, and all before it.
    size: int | None
    # Those that came before this, in Unix seconds.
    at: int | None
    # The position of the block that stays in any case.
    newest: int


def find_excess(connection: sqlite3.Connection, number: int, excess: Excess) -> int | None:
    """The last position of the blocks that must go; None if there are none."""
    ends: list[int] = []
    if excess.position is not None:
        ends += _first(connection, number, "id >= ?3", key(number, excess.position))
    if excess.size is not None:
        ends += _first(connection, number, "start + length(data) >= ?3", excess.size)
    if excess.at is not None:
        ends.append(_before(connection, number, excess.at))
    # Never the newest: what has just come must be there to be sent.
    end = min(max(ends, default=0), key(number, excess.newest) - 1)
    return _last(connection, number, end)


def find_old(connection: sqlite3.Connection, number: int, at: int) -> int | None:
    """The last position of the blocks that came before a time; None if there are none."""
    return _last(connection, number, _before(connection, number, at))


def delete_blocks(connection: sqlite3.Connection, number: int, up_to: int) -> bool:
    """Some of those up to a position: whether it was all of them."""
    start, end = key(number, 0), key(number, up_to)
    some = connection.execute(
        select("id", _WITHIN) + " LIMIT 1 OFFSET ?3", (start, end, _DELETED_ROWS - 1)
    ).fetchone()
    if some is not None:
        [end] = some
    connection.execute("DELETE FROM blocks WHERE id BETWEEN ? AND ?", (start, end))
    connection.execute("DELETE FROM fresh WHERE id BETWEEN ? AND ?", (start, end))
    connection.execute("UPDATE threads SET trimmed = ? WHERE number = ?", (position(end), number))
    return some is None


def _before(connection: sqlite3.Connection, number: int, at: int) -> int:
    """The key up to which all blocks came before a time."""
    young = _first(connection, number, "at >= ?3", at)
    return young[0] - 1 if young else span(number)[1]


def _first(connection: sqlite3.Connection, number: int, where: str, value: int) -> list[int]:
    """The key of the first block of which something holds, if there is one."""
    rows = connection.execute(
        select("id", f"{_WITHIN} AND {where}") + " LIMIT 1", (*span(number), value)
    )
    return [id_ for (id_,) in rows]


def _last(connection: sqlite3.Connection, number: int, end: int) -> int | None:
    """The position of the last block up to a key."""
    row = connection.execute(
        select("id", _WITHIN, "id DESC") + " LIMIT 1", (key(number, 0), end)
    ).fetchone()
    return None if row is None else position(row[0])
