"""One SQLite file: how it is opened, what is in it, and what its troubles are called."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import StoreFailed
from .sqlite_incarnation import boot_id, incarnate, new_incarnation

_SCHEMA_VERSION = 1
# So that no other program's file is taken for ours: "trly".
_APPLICATION_ID = 0x74726C79
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE relays (id INTEGER PRIMARY KEY, renewed REAL NOT NULL, lease REAL NOT NULL);
CREATE TABLE threads (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    owner INTEGER, trimmed INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE INDEX threads_owned ON threads (owner) WHERE owner IS NOT NULL;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, start INTEGER NOT NULL, run TEXT,
    data BLOB NOT NULL
);
CREATE TABLE fresh (
    number INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL,
    start INTEGER NOT NULL, run TEXT, data BLOB NOT NULL
);
CREATE TABLE notes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, thread TEXT NOT NULL, kind TEXT NOT NULL,
    id TEXT NOT NULL, is_open INTEGER NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
    UNIQUE (thread, kind, id)
);
CREATE INDEX notes_in_order ON notes (thread, kind, number, at);
CREATE INDEX notes_open ON notes (thread) WHERE is_open;
CREATE TABLE keys (key BLOB PRIMARY KEY, expires REAL NOT NULL, note TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX keys_expiring ON keys (expires);
CREATE TABLE inboxes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, relay INTEGER NOT NULL, at INTEGER NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX inboxes_of ON inboxes (relay, number);
CREATE TABLE news (number INTEGER PRIMARY KEY AUTOINCREMENT, relay INTEGER, threads TEXT NOT NULL);
"""

_RETRY_SECONDS = 0.01

_CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another process keeps it locked",
    sqlite3.SQLITE_LOCKED: "another process keeps it locked",
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_PERM: "it cannot be written to",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
}


class File:
    def __init__(self, path: str, busy_seconds: float, max_file_bytes: int | None) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._max_file_bytes = max_file_bytes

    def prepare(self) -> str:
        """Make the file what it has to be.  Gives its incarnation; raises StoreFailed."""
        folder = Path(self.path).absolute().parent
        if not folder.is_dir():
            raise StoreFailed(f"the store {self.path}: there is no folder {folder}")
        was_closed = not _has_content(f"{self.path}-wal")
        # Where processes start side by side, one makes the file; SQLite lets the others down while
        # it becomes one with a write-ahead log, however long they would wait.
        deadline = time.monotonic() + self._busy_seconds
        with self.naming_failures():
            while True:
                try:
                    with closing(self._open()) as connection:
                        return self._prepare(connection, was_closed=was_closed)
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or time.monotonic() > deadline:
                        raise
                time.sleep(_RETRY_SECONDS)

    def connect(self) -> sqlite3.Connection:
        """Raises sqlite3.Error.  It may go from thread to thread, one at a time."""
        connection = self._open()
        # A commit is in the file system's hands and survives the process; a checkpoint, one each
        # second, makes it survive the machine.
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if boot_id() else 'FULL'}")
        # The checkpoints have a thread of their own, but for when it cannot keep up.
        connection.execute("PRAGMA wal_autocheckpoint = 16384")
        connection.execute("PRAGMA secure_delete = OFF")
        if self._max_file_bytes is not None:
            [size] = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA max_page_count = {self._max_file_bytes // size}")
        return connection

    @contextmanager
    def naming_failures(self) -> Iterator[None]:
        """SQLite's errors become StoreFailed, in one line."""
        try:
            yield
        except sqlite3.Error as error:
            raise self.failure(error) from error

    def failure(self, error: sqlite3.Error) -> StoreFailed:
        # The lowest byte is the kind of error, the others say more (sqlite.org/rescode.html).
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return StoreFailed(f"the store {self.path}: {_CAUSES.get(code, str(error))}")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path,
            timeout=self._busy_seconds,
            # Transactions begin and end where the code says so.
            isolation_level=None,
            check_same_thread=False,
        )

    def _prepare(self, connection: sqlite3.Connection, *, was_closed: bool) -> str:
        # Has no effect but on a file that is new.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._check(connection)
        [mode] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreFailed(f"the store {self.path}: its file system can keep no write-ahead log")
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have been first.
        if not self._check(connection):
            _create(connection)
        incarnation = incarnate(connection, was_closed=was_closed)
        connection.execute("COMMIT")
        return incarnation

    def _check(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are there.  Raises StoreFailed if others are."""
        # At once, for another process may just be making them.
        application, version, tables = connection.execute(
            "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_application_id, pragma_user_version"
        ).fetchone()
        if tables and application != _APPLICATION_ID:
            raise StoreFailed(f"the store {self.path}: it is another program's database")
        if version > _SCHEMA_VERSION:
            raise StoreFailed(f"the store {self.path}: a newer version of the relay has written it")
        return bool(tables)


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO facts VALUES ('incarnation', ?), ('boot', ?), ('floor', 0)",
        (new_incarnation(), boot_id()),
    )
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _has_content(path: str) -> bool:
    try:
        return Path(path).stat().st_size > 0
    except OSError:
        return False
