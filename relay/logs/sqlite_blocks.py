"""What is known of a log, and parts of it as they are read."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from .sqlite_rows import LAST_POSITION, key, position, select, span

# Small blocks are joined up to this size, so that whoever catches up is sent few large ones.
_READ_BYTES = 64 * 1024

_WITHIN = "id BETWEEN ?1 AND ?2"


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


def find_state(connection: sqlite3.Connection, thread_id: str) -> State:
    row = connection.execute(
        "SELECT number, trimmed FROM threads WHERE id = ?", (thread_id,)
    ).fetchone()
    if row is None:
        [floor] = connection.execute("SELECT value FROM facts WHERE name = 'floor'").fetchone()
        return State(None, floor, floor, 0, 0, 0, None)
    number, trimmed = row
    first = connection.execute(
        select("id, start, at", _WITHIN) + " LIMIT 1", span(number)
    ).fetchone()
    if first is None:
        return State(number, trimmed, trimmed, 0, 0, 0, None)
    last, start, size = connection.execute(
        select("id, start, length(data)", _WITHIN, "id DESC") + " LIMIT 1", span(number)
    ).fetchone()
    return State(number, trimmed, position(last), first[1], start, start + size, first[2])


def has_anything(connection: sqlite3.Connection, thread_id: str) -> bool:
    """Whether a thread has notes or blocks."""
    has_notes = connection.execute(
        "SELECT 1 FROM notes WHERE thread = ? LIMIT 1", (thread_id,)
    ).fetchone()
    state = find_state(connection, thread_id)
    return has_notes is not None or state.first_at is not None


def read_piece(
    connection: sqlite3.Connection, number: int, beyond: int, up_to: int, run_id: str | None
) -> Piece:
    """Blocks that end beyond a position, joined by SQLite: a statement for each would ask for the
    interpreter each time, which may be busy.
    """
    row = connection.execute("SELECT trimmed FROM threads WHERE number = ?", (number,)).fetchone()
    # A thread of which nothing was left has been forgotten.
    trimmed = row[0] if row else up_to
    wanted = _WITHIN + ("" if run_id is None else " AND run = ?3")
    of_run = () if run_id is None else (run_id,)
    end = key(number, up_to)
    first = connection.execute(
        select("id, start", wanted) + " LIMIT 1", (key(number, beyond) + 1, end, *of_run)
    ).fetchone()
    if first is None:
        return Piece(b"", None, trimmed)
    too_far = connection.execute(
        select("id", f"{_WITHIN} AND start >= ?3") + " LIMIT 1",
        (first[0], end, first[1] + _READ_BYTES),
    ).fetchone()
    data, last = connection.execute(
        "SELECT CAST(group_concat(CAST(data AS TEXT), '') AS BLOB), max(id)"  # noqa: S608
        f" FROM ({select('id, data', wanted)})",
        (first[0], end if too_far is None else too_far[0] - 1, *of_run),
    ).fetchone()
    return Piece(data, position(last), trimmed)


def read_blocks(
    connection: sqlite3.Connection, number: int, beyond: int
) -> Sequence[tuple[int, str | None, bytes]]:
    """Blocks beyond a position one by one, each with its last position and its run."""
    found, size = [], 0
    rows = connection.execute(
        select("id, run, data", _WITHIN), (key(number, beyond) + 1, key(number, LAST_POSITION))
    )
    for id_, run_id, data in rows:
        found.append((position(id_), run_id, data))
        size += len(data)
        if size >= _READ_BYTES:
            break
    rows.close()
    return found
