"""The data set that a Redis holds: which one it is, and what its keys are called."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from .redis_lua import Script
from .redis_scripts import ENTER

# Within which an answer must come to say what the server's clock shows.
_PROMPT_SECONDS = 0.5


def pack(*args: bytes) -> bytes:
    """A command as the protocol wants it."""
    return b"*%d\r\n%b" % (len(args), arguments(args))


def arguments(args: Iterable[bytes]) -> bytes:
    """Those of a command, without its head, which says how many they are."""
    return b"".join([b"$%d\r\n%b\r\n" % (len(arg), arg) for arg in args])


def evaluate(script: Script, keys: tuple[bytes, ...], *args: bytes) -> tuple[bytes, ...]:
    return (b"EVALSHA", script.sha, b"%d" % len(keys), *keys, *args)


class DataSet:
    """One incarnation of all logs.  Flushed, lost or put back, it is another one.

    How often was appended to it is remembered: one that counts fewer has lost what was told.
    """

    def __init__(self, prefix: str, replaced: Callable[[], None]) -> None:
        self.prefix = prefix.encode() + b":"
        self.key = self.prefix + b"set"
        self.incarnation = ""
        self.name = b""
        self.count = 0
        self._replaced = replaced
        # From this loop's clock to that of the server, in milliseconds; a little early.
        self._clock_ms = 0.0
        self._asked_at = 0.0

    def enter(self) -> tuple[bytes, ...]:
        """The command whose reply says which data set it is."""
        self._asked_at = asyncio.get_running_loop().time()
        fresh = secrets.token_hex(5).encode()
        return evaluate(ENTER, (self.key,), fresh, self.name, b"%d" % self.count)

    def entered(self, reply: Any) -> None:
        incarnation, count, now_ms = reply
        time = asyncio.get_running_loop().time()
        # An answer that took long says little about the clock.
        if not self.name or time - self._asked_at < _PROMPT_SECONDS:
            self._clock_ms = now_ms - time * 1000
        if incarnation == self.name:
            self.count = max(self.count, count)
            return
        is_first = not self.name
        self.name, self.incarnation, self.count = incarnation, incarnation.decode(), count
        if not is_first:
            self._replaced()

    def server_ms(self, time: float) -> float:
        """What the server's clock shows at a time of the loop."""
        return self._clock_ms + time * 1000

    def thread(self, thread_id: str) -> tuple[bytes, bytes, bytes]:
        """The first keys of whatever is done to a log."""
        of_thread = b"%b:%b" % (self.name, thread_id.encode())
        return self.key, b"%bt:%b" % (self.prefix, of_thread), b"%bs:%b" % (self.prefix, of_thread)

    def threads(self) -> tuple[bytes, bytes]:
        """What the keys of threads' hashes and streams begin with."""
        return b"%bt:%b:" % (self.prefix, self.name), b"%bs:%b:" % (self.prefix, self.name)

    def used(self) -> bytes:
        """When each thread was used last."""
        return b"%bused:%b" % (self.prefix, self.name)

    def noted(self, thread_id: str) -> bytes:
        """A key that is there if a thread has notes of any kind."""
        return b"%bnoted:%b" % (self.prefix, thread_id.encode())

    def notes(self, kind: str, thread_id: str) -> tuple[bytes, bytes, bytes]:
        """Notes outlive an incarnation: what they say is the best that is known."""
        of_thread = f"{kind}:{thread_id}".encode()
        return (
            b"%bn:%b" % (self.prefix, of_thread),
            b"%bo:%b" % (self.prefix, of_thread),
            b"%bunfinished" % self.prefix,
        )
