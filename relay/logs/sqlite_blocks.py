"""The rows that logs are made of: found, read and removed."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from .sqlite_file import POSITION_BITS

# Small blocks are joined up to this size, so that whoever catches up is sent few large ones.
_READ_BYTES = 64 * 1024
# How many rows go at once: others wait for the writer meanwhile.
_DELETED_ROWS = 500

_POSITION = (1 << POSITION_BITS) - 1


def key(number: int, position: int) -> int:
    return number << POSITION_BITS | position


class State(NamedTuple):
    """What is known of a thread's log."""

    # None of a thread that no relay has ever taken.
    number: int | None
    trimmed: int
    last: int
    # All bytes that ever came into it are counted: before its first block, before its last block,
    # and at its end.
    first_start: int
    last_start: int
    end: int
    # When its first block came, in Unix seconds; None if it has none.
    first_at: int | None


class Piece(NamedTuple):
    """A part of a log, and how far the log was trimmed at that moment."""

    data: bytes
    # The last position in it; None if nothing was found.
    last: int | None
    trimmed: int


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


def find_state(connection: sqlite3.Connection, thread_id: str) -> State:
    row = connection.execute(
        "SELECT number, trimmed FROM threads WHERE id = ?", (thread_id,)
    ).fetchone()
    if row is None:
        [floor] = connection.execute("SELECT value FROM facts WHERE name = 'floor'").fetchone()
        return State(None, floor, floor, 0, 0, 0, None)
    number, trimmed = row
    within = "FROM blocks WHERE id BETWEEN ? AND ? ORDER BY id"
    span = (key(number, 0), key(number, _POSITION))
    last = connection.execute(f"SELECT id, start, length(data) {within} DESC LIMIT 1", span)
    first = connection.execute(f"SELECT start, at {within} LIMIT 1", span).fetchone()
    if first is None:
        return State(number, trimmed, trimmed, 0, 0, 0, None)
    last_id, last_start, size = last.fetchone()
    return State(
        number, trimmed, last_id & _POSITION, first[0], last_start, last_start + size, first[1]
    )


def read_piece(
    connection: sqlite3.Connection, number: int, beyond: int, up_to: int, run_id: str | None
) -> Piece:
    """Blocks that end beyond a position, joined by SQLite: a statement for each would ask for the
    interpreter each time, which may be busy.
    """
    row = connection.execute("SELECT trimmed FROM threads WHERE number = ?", (number,)).fetchone()
    # A thread of which nothing was left has been forgotten.
    trimmed = row[0] if row else up_to
    wanted = "id BETWEEN ?1 AND ?2" + ("" if run_id is None else " AND run = ?3")
    of_run = () if run_id is None else (run_id,)
    end = key(number, up_to)
    first = connection.execute(
        f"SELECT id, start FROM blocks WHERE {wanted} ORDER BY id LIMIT 1",  # noqa: S608
        (key(number, beyond) + 1, end, *of_run),
    ).fetchone()
    if first is None:
        return Piece(b"", None, trimmed)
    too_far = connection.execute(
        "SELECT id FROM blocks WHERE id BETWEEN ? AND ? AND start >= ? ORDER BY id LIMIT 1",
        (first[0], end, first[1] + _READ_BYTES),
    ).fetchone()
    data, last = connection.execute(
        "SELECT CAST(group_concat(CAST(data AS TEXT), '') AS BLOB), max(id)"  # noqa: S608
        f" FROM (SELECT id, data FROM blocks WHERE {wanted} ORDER BY id)",
        (first[0], end if too_far is None else too_far[0] - 1, *of_run),
    ).fetchone()
    return Piece(data, last & _POSITION, trimmed)


def read_blocks(
    connection: sqlite3.Connection, number: int, beyond: int
) -> Sequence[tuple[int, str | None, bytes]]:
    """Blocks beyond a position one by one, each with its last position and its run."""
    found, size = [], 0
    for id_, run_id, data in connection.execute(
        "SELECT id, run, data FROM blocks WHERE id > ? AND id <= ? ORDER BY id",
        (key(number, beyond), key(number, _POSITION)),
    ):
        found.append((id_ & _POSITION, run_id, data))
        size += len(data)
        if size >= _READ_BYTES:
            break
    return found


def find_old(connection: sqlite3.Connection, number: int, at: int) -> int | None:
    """The last position of the blocks that came before a time; None if there are none."""
    span = (key(number, 0), key(number, _POSITION))
    young = connection.execute(
        "SELECT id FROM blocks WHERE id BETWEEN ? AND ? AND at >= ? ORDER BY id LIMIT 1",
        (*span, at),
    ).fetchone()
    return _last_up_to(connection, number, young[0] - 1 if young else span[1])


def delete_blocks(connection: sqlite3.Connection, number: int, position: int) -> bool:
    """Some of those up to a position: whether it was all of them."""
    some = connection.execute(
        "SELECT id FROM blocks WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1 OFFSET ?",
        (key(number, 0), key(number, position), _DELETED_ROWS - 1),
    ).fetchone()
    end = key(number, position) if some is None else some[0]
    connection.execute("DELETE FROM blocks WHERE id BETWEEN ? AND ?", (key(number, 0), end))
    connection.execute("UPDATE threads SET trimmed = ? WHERE number = ?", (end & _POSITION, number))
    return some is None


def find_excess(connection: sqlite3.Connection, number: int, excess: Excess) -> int | None:
    """The last position of the blocks that must go; None if there are none."""
    span = (key(number, 0), key(number, _POSITION))
    first = "SELECT id FROM blocks WHERE id BETWEEN ? AND ? AND {} ORDER BY id LIMIT 1"
    ends = [span[0]]
    if excess.position is not None:
        position = (*span, key(number, excess.position))
        ends += connection.execute(first.format("id >= ?"), position).fetchone() or ()
    if excess.size is not None:
        size = (*span, excess.size)
        ends += connection.execute(first.format("start + length(data) >= ?"), size).fetchone() or ()
    if excess.at is not None:
        young = connection.execute(first.format("at >= ?"), (*span, excess.at)).fetchone()
        ends.append(young[0] - 1 if young else span[1])
    # Never the newest: what has just come must be there to be sent.
    end = min(max(ends), key(number, excess.newest) - 1)
    return _last_up_to(connection, number, end)


def _last_up_to(connection: sqlite3.Connection, number: int, end: int) -> int | None:
    [last] = connection.execute(
        "SELECT max(id) FROM blocks WHERE id BETWEEN ? AND ?", (key(number, 0), end)
    ).fetchone()
    return None if last is None else int(last) & _POSITION
