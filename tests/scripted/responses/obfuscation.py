"""Padding, so that nobody can tell from the size of an event what it says."""

from collections.abc import AsyncIterator
from random import Random

from ..events import Event
from ..ids import ALPHABET


async def obfuscated(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    async for event in events:
        yield _padded(event) if event.name.endswith(".delta") else event


def _padded(event: Event) -> Event:
    if not isinstance(event.data, dict):
        return event
    # The same padding each time that an event is sent.
    chance = Random(str(event.data))  # noqa: S311
    padding = "".join(chance.choices(ALPHABET, k=chance.randrange(16)))
    return Event(event.name, {**event.data, "obfuscation": padding}, event.is_last)
