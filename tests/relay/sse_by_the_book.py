"""Event streams read line by line, as WHATWG HTML says in 9.2.6: slow, and plainly right."""

import re
from collections.abc import Iterable
from typing import TypeAlias

# A name and data.
Event: TypeAlias = tuple[bytes, bytes]


def events_in(stream: bytes, *, is_whole: bool = True) -> list[Event]:
    """`is_whole`: what came last is an event too, although a browser would wait for its end."""
    *lines, rest = re.split(rb"\r\n|\n|\r", stream.removeprefix(b"\xef\xbb\xbf"))
    events: list[Event] = []
    name, data = b"", []
    for line in [*lines, *([rest, b""] if is_whole else [])]:
        field, _, value = line.partition(b":")
        if field == b"event":
            name = value.removeprefix(b" ")
        elif field == b"data":
            data.append(value.removeprefix(b" "))
        elif not line:
            events += [(name, b"\n".join(data))] if data else []
            name, data = b"", []
    return events


def upstream_events(stream: bytes) -> list[Event]:
    """What reaches a follower of a stream: all but what calls itself the relay's own."""
    return [event for event in events_in(stream) if not event[0].startswith(b"relay.")]


def events_of(bodies: Iterable[bytes]) -> list[Event]:
    """The one event of each frame."""
    return [event for body in bodies for event in events_in(body)]
