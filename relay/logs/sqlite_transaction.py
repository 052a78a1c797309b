"""One group commit: all that is in it is kept, or nothing."""

import json
import sqlite3
from contextlib import suppress
from types import TracebackType
from typing import Self

from .sqlite_claims import Claims

# Of what other processes may have missed, as many commits are remembered.
_NEWS = 1000


class Transaction:
    def __init__(self, connection: sqlite3.Connection, claims: Claims) -> None:
        self.connection = connection
        self.claims = claims
        # The threads whose logs have changed: other processes hear of them.
        self.changed: set[str] = set()

    def __enter__(self) -> Self:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self.claims.check(self.connection)
        except sqlite3.Error:
            self._roll_back()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._roll_back()
            return
        try:
            if self.changed and self.claims.has_neighbours:
                self._tell_neighbours()
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _tell_neighbours(self) -> None:
        cursor = self.connection.execute(
            "INSERT INTO news (relay, threads) VALUES (?, ?)",
            (self.claims.relay, json.dumps([*self.changed])),
        )
        assert cursor.lastrowid is not None  # noqa: S101  (a row was inserted)
        self.connection.execute("DELETE FROM news WHERE number <= ?", (cursor.lastrowid - _NEWS,))

    def _roll_back(self) -> None:
        # After some errors SQLite has done so by itself.
        with suppress(sqlite3.Error):
            self.connection.rollback()
