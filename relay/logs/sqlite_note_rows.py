"""Notes as rows of a SQLite file."""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..logs import Note

_MAX_PER_THREAD = 2000


class NoteRow(NamedTuple):
    id: str
    # Whether something is left to be done about it.
    is_open: bool
    note: str


def to_row(kind: str, note: Note) -> NoteRow:
    # As JSON, an id is ASCII, whatever is in it.
    is_open = kind == "runs" and note.get("is_over") is False
    return NoteRow(json.dumps(note["id"]), is_open, json.dumps(note))


def put_rows(
    connection: sqlite3.Connection, thread_id: str, kind: str, rows: Iterable[NoteRow]
) -> None:
    """Each takes the place of the one with its id, or comes last; the newest are kept."""
    now = int(time.time())
    connection.executemany(
        "INSERT INTO notes (thread, kind, at, id, is_open, note) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (thread, kind, id)"
        " DO UPDATE SET at = excluded.at, is_open = excluded.is_open, note = excluded.note",
        [(thread_id, kind, now, *row) for row in rows],
    )
    connection.execute(
        "DELETE FROM notes WHERE thread = ?1 AND kind = ?2 AND number <= (SELECT number FROM notes"
        " WHERE thread = ?1 AND kind = ?2 ORDER BY number DESC LIMIT 1 OFFSET ?3)",
        (thread_id, kind, _MAX_PER_THREAD),
    )


def read_rows(connection: sqlite3.Connection, thread_id: str, kind: str) -> Sequence[str]:
    """In the order in which their ids came first."""
    rows = connection.execute(
        "SELECT note FROM notes WHERE thread = ? AND kind = ? ORDER BY number", (thread_id, kind)
    )
    return [note for (note,) in rows]
