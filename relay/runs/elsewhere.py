"""Requests for a thread that another relay has: it is asked through the store, and answers there.

Nothing is lost if it dies meanwhile: whoever asked takes the thread then, and does it.  What must
not be done twice is done by the one that says first that it does.
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

# Stands where the answer will, while somebody does what must not be done twice.
_BEGUN: Note = {"begun": True}

# How long an answer is kept for whoever asked.
_ANSWER_SECONDS = 300.0


class Elsewhere:
    def __init__(self, store: Store, limit_seconds: float) -> None:
        self._store = store
        self._limit_seconds = limit_seconds

    async def ask(
        self, thread_id: str, kind: str, body: Mapping[str, Any], *, is_once: bool
    ) -> Any:
        """The answer of the relay that has the thread; `is_once` is for what must not be repeated.

        Raises what it raised, as ForwardedError; LookupError if no relay has the thread, and
        UpstreamLost if the one that has it does not answer in time, or died while it did it.
        """
        owner = await self._store.owner(thread_id)
        if owner is None:
            raise LookupError(thread_id)
        request = {
            "id": secrets.token_urlsafe(12), "thread_id": thread_id, "kind": kind, "body": body,
            "is_once": is_once,
        }  # fmt: skip
        await self._store.send(owner, request)
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await self._answer(request, owner)
        except TimeoutError:
            raise UpstreamLost("the relay that has the thread is silent", unknown=True) from None

    async def _answer(self, request: Note, owner: str) -> Any:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            is_alive = await self._store.owner(request["thread_id"]) == owner
            # Looked at after it was seen alive: what it said before it left counts.
            answer = await self._keys.get(_key(request))
            if answer and answer != _BEGUN:
                return _said(answer)
            if not is_alive and answer:
                raise UpstreamLost("the relay that did this died meanwhile", unknown=True)
            # Where it has been begun after all, or even answered, that is looked at once more.
            if not is_alive and await self.begin(request):
                raise LookupError(request["thread_id"])
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def begin(self, request: Note) -> bool:
        """Before it is carried out: False if that would be twice."""
        if not request["is_once"]:
            return True
        return await self._keys.begin(_key(request), _BEGUN, _ANSWER_SECONDS) is None

    async def answer(self, request: Note, told: Note) -> None:
        """Tell whoever asked what came of it."""
        await self._keys.put(_key(request), told, _ANSWER_SECONDS)

    @property
    def _keys(self) -> Any:
        return self._store.keys


def told_of(error: RelayError) -> Note:
    """An error, as it is sent to the relay that asked."""
    is_unknown = isinstance(error, UpstreamLost) and error.unknown
    return {
        "status": error.http_status,
        "error": error.to_json(),
        "headers": error.headers,
        "is_unknown": is_unknown,
    }


def _said(answer: Note) -> Any:
    if "error" in answer:
        raise ForwardedError(
            answer["status"], answer["error"], answer["headers"], unknown=answer["is_unknown"]
        )
    return answer["result"]


def _key(request: Note) -> str:
    return f"answer {request['id']}"
