"""Events as bytes, in every way that a server may frame and write them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .events import Event

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(data: Any) -> str:
    """JSON in one line.  Half a surrogate pair has no UTF-8, so it goes as an escape."""
    compact = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", compact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How a server frames its events and cuts what it writes."""

    end_of_line: Literal["\n", "\r\n", "\r"] = "\n"
    # Whether frames have an `event:` line.
    names: bool = True
    # Whether comments, `id:` and `retry:` lines come between and in the frames.
    chatty: bool = False
    # A comment before each tenth frame, as some gateways send it while they wait.
    comment: str | None = None
    byte_order_mark: bool = False
    # How many bytes a write has, whatever the frames are; None is a write for each frame.
    write_bytes: int | None = None

    def beginning(self) -> bytes:
        return b"\xef\xbb\xbf" if self.byte_order_mark else b""

    def frame(self, event: Event, number: int) -> bytes:
        data = event.data if isinstance(event.data, str) else to_json(event.data)
        chatter = [f": frame {number}", f"id: {number}", "retry: 1"] if self.chatty else []
        comment = [f": {self.comment}", ""] if self.comment and number % 10 == 1 else []
        name = [f"event: {event.name}"] if self.names and event.name else []
        lines = [*comment, *chatter, *name, f"data: {data}", "", ""]
        return self.end_of_line.join(lines).encode()

    def writes(self, raw: bytes) -> Iterator[bytes]:
        size = self.write_bytes or len(raw)
        return (raw[start : start + size] for start in range(0, len(raw), size))
