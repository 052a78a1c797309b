"""Blocks on their way into logs: many at once, and only those of threads that this relay has."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..errors import ClaimLost
from ..logs import Block
from .sqlite_note_rows import NoteRow, put_rows
from .sqlite_rows import insert_rows
from .sqlite_transaction import Transaction

# A row of a log: its key, at, start, run and data.
Values: TypeAlias = tuple[int, int, int, str | None, bytes]


class Appending(Protocol):
    """The log that a block is for."""

    thread_id: str

    def settled(self, append: "Append", outcome: Exception | None) -> None:
        """Told on the event loop whether it was kept, and if not, why."""
        ...


@dataclass(slots=True, eq=False)
class Append:
    log: Appending
    number: int
    block: Block
    values: Values
    # Of the run, if it is to be noted.
    note: NoteRow | None
    future: asyncio.Future[Block]

    def settle(self, outcome: Exception | None) -> None:
        self.log.settled(self, outcome)


def insert(transaction: Transaction, appends: Sequence[Append]) -> list[Exception | None]:
    """For each None, or why it was not kept."""
    claims = transaction.claims
    kept = [append for append in appends if claims.has(append.number)]
    insert_rows(transaction.connection, [append.values for append in kept])
    for append in kept:
        if append.note is not None:
            put_rows(transaction.connection, append.log.thread_id, "runs", [append.note])
    transaction.changed.update([append.log.thread_id for append in kept])
    if len(kept) == len(appends):
        return [None] * len(appends)
    return [None if claims.has(append.number) else _lost(append) for append in appends]


def _lost(append: Append) -> ClaimLost:
    return ClaimLost(f"another relay drives thread {append.log.thread_id}")
