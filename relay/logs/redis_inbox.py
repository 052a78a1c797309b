"""What relays hand to each other, in Redis."""

import json
import secrets
from collections import deque
from collections.abc import Sequence

from ..logs import Note
from .redis_claim_scripts import SEND, TAKE
from .redis_set import evaluate
from .redis_shared import Shared

_MOST_NOTES = 1000
_AGE_MS = 60_000


class Inbox:
    """A stream for each relay.  A note goes when the one who took it comes again, so that none is
    lost with an answer; and one that was sent twice for want of an answer is taken once.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._taken = b"0"
        self._words: deque[bytes] = deque(maxlen=2 * _MOST_NOTES)

    def start_anew(self) -> None:
        """The data set is another one."""
        self._taken = b"0"

    async def send(self, owner: str, note: Note) -> None:
        text, word = json.dumps(note).encode(), secrets.token_hex(8).encode()
        limits = b"%d" % _MOST_NOTES, b"%d" % _AGE_MS
        await self._shared.wire.call(
            evaluate(SEND, (self._key(owner.encode()),), *limits, word, text)
        )

    async def take(self) -> Sequence[Note]:
        key = self._key(self._shared.relay)
        notes = []
        for name, (word, text) in await self._shared.wire.call(evaluate(TAKE, (key,), self._taken)):
            self._taken = name
            if word not in self._words:
                self._words.append(word)
                notes.append(json.loads(text))
        return notes

    def _key(self, relay: bytes) -> bytes:
        return b"%binbox:%b" % (self._shared.data_set.prefix, relay)
