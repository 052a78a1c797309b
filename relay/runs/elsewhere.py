"""Requests for a thread that another relay has: it is asked through the store, and answers there.

Nothing is lost if it dies meanwhile: whoever asked takes the thread then, and does it.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from ..errors import ForwardedError, RelayError, UpstreamLost
from ..logs import Note, Store

# How often the store is looked at for an answer: soon at first, and rarely later.
_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.2

# How long an answer is kept for whoever asked.
_ANSWER_SECONDS = 300.0


class Elsewhere:
    def __init__(self, store: Store, limit_seconds: float) -> None:
        self._store = store
        self._limit_seconds = limit_seconds

    async def ask(self, thread_id: str, kind: str, body: Mapping[str, Any]) -> Any:
        """The answer of the relay that has the thread.

        Raises what it raised, as ForwardedError; LookupError if no relay has the thread, and
        UpstreamLost if the one that has it does not answer in time.
        """
        owner = await self._store.owner(thread_id)
        if owner is None:
            raise LookupError(thread_id)
        request = {"id": secrets.token_urlsafe(12), "thread_id": thread_id, "kind": kind}
        await self._store.send(owner, {**request, "body": body})
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await self._answer(request["id"], thread_id, owner)
        except TimeoutError:
            raise UpstreamLost("the relay that has the thread is silent", unknown=True) from None

    async def _answer(self, request_id: str, thread_id: str, owner: str) -> Any:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            is_alive = await self._store.owner(thread_id) == owner
            # Looked at after it was seen alive: what it said before it left counts.
            answer = await self._keys.get(_key(request_id))
            if answer is not None:
                return _said(answer)
            if not is_alive:
                raise LookupError(thread_id)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def answer(self, request: Note, told: Note) -> None:
        """Tell whoever asked what came of it."""
        await self._keys.put(_key(request["id"]), told, _ANSWER_SECONDS)

    @property
    def _keys(self) -> Any:
        return self._store.keys


def told_of(error: RelayError) -> Note:
    """An error, as it is sent to the relay that asked."""
    is_unknown = isinstance(error, UpstreamLost) and error.unknown
    return {"status": error.http_status, "error": error.to_json(), "is_unknown": is_unknown}


def _said(answer: Note) -> Any:
    if "error" in answer:
        raise ForwardedError(answer["status"], answer["error"], unknown=answer["is_unknown"])
    return answer["result"]


def _key(request_id: str) -> str:
    return f"answer {request_id}"
