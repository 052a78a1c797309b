"""Notes that live and die with the process."""

import json
from collections import OrderedDict
from collections.abc import Sequence

from ..logs import Note

_MAX_BYTES = 64 * 1024 * 1024
_MAX_PER_THREAD = 2000


class MemoryNotes:
    """Kept as JSON text: what is read belongs to whoever reads it, and its size is known."""

    def __init__(self, max_bytes: int = _MAX_BYTES, max_per_thread: int = _MAX_PER_THREAD) -> None:
        self._max_bytes = max_bytes
        self._max_per_thread = max_per_thread
        self._size = 0
        # By thread, the one used last is the last; its notes by id, in the order they came.
        self._threads: OrderedDict[str, OrderedDict[str, str]] = OrderedDict()

    async def read(self, thread_id: str) -> Sequence[Note]:
        texts = self._threads.get(thread_id)
        if texts is None:
            return []
        self._threads.move_to_end(thread_id)
        return [json.loads(text) for text in texts.values()]

    async def put(self, thread_id: str, notes: Sequence[Note]) -> None:
        texts = self._threads.setdefault(thread_id, OrderedDict())
        self._threads.move_to_end(thread_id)
        for note in notes:
            text = json.dumps(note)
            self._size += len(text) - len(texts.get(note["id"], ""))
            texts[note["id"]] = text
        while len(texts) > self._max_per_thread:
            self._size -= len(texts.popitem(last=False)[1])
        self._make_room()

    def _make_room(self) -> None:
        """The thread unused for longest goes first, and the newest one never."""
        while self._size > self._max_bytes and len(self._threads) > 1:
            _, texts = self._threads.popitem(last=False)
            self._size -= sum(map(len, texts.values()))
