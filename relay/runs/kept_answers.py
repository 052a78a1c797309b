"""Answers that outlive the process: what was posted under a key is carried out at most once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..errors import KeyReused, StartUnknown
from ..logs import KeyStore
from .waits import waits

_PATIENCE_SECONDS = 2.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec(Generic[Answer]):
    """How an answer is kept as a text, and found again."""

    write: Callable[[Answer], str]
    read: Callable[[str], Awaitable[Answer]]
    # Whether what is carried out twice is done once: if a relay did not live to answer.
    may_repeat: bool


class KeptAnswers:
    def __init__(self, keys: KeyStore, ttl_seconds: float) -> None:
        self._keys = keys
        self._ttl_seconds = ttl_seconds

    async def once(
        self,
        key: str,
        digest: str,
        carry_out: Callable[[], Awaitable[Answer]],
        codec: Codec[Answer],
    ) -> Answer:
        """Carry out, unless that was done before, by whichever relay.

        Raises KeyReused, StoreFailed, and what `carry_out` raises.
        """
        for pause in waits(_PATIENCE_SECONDS):
            found = await self._keys.begin(key, {"digest": digest}, self._ttl_seconds)
            if found is None:
                return await self._carry_out(key, digest, carry_out, codec)
            if found["digest"] != digest:
                raise KeyReused("this Idempotency-Key was used for another request")
            if "answer" in found:
                return await codec.read(found["answer"])
            # Another relay is about to answer, unless it is gone.
            await asyncio.sleep(pause)
        if not codec.may_repeat:
            raise StartUnknown("whether this was done is unknown: its relay was stopped meanwhile")
        return await self._carry_out(key, digest, carry_out, codec)

    async def _carry_out(
        self,
        key: str,
        digest: str,
        carry_out: Callable[[], Awaitable[Answer]],
        codec: Codec[Answer],
    ) -> Answer:
        try:
            answer = await carry_out()
        except Exception as error:
            if not getattr(error, "unknown", False):
                await self._keys.forget(key)
            raise
        note: dict[str, Any] = {"digest": digest, "answer": codec.write(answer)}
        await self._keys.put(key, note, self._ttl_seconds)
        return answer


async def _as_it_is(text: str) -> str:
    return text


TEXT: Codec[str] = Codec(write=str, read=_as_it_is, may_repeat=False)
