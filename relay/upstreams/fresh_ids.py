"""Fresh ids for a recording that is played again, so that it can be played twice in one thread.

Only the ids change, and only where a JSON key says that they are ids: what people and models wrote
stays, even if it looks like one.
"""

import re
import secrets
from collections.abc import Callable

# Inside a JSON string quotes are escaped, so text that quotes JSON does not match.
_ID = re.compile(
    rb'("(?:id|run_id|thread_id|assistant_id|message_id|step_id|run_step_id|tool_call_id|call_id)"'
    rb'\s*:\s*")([^"\\]+)(?=")'
)
_THREAD_ID = re.compile(rb'"thread_id"\s*:\s*"([^"\\]+)"')
_ASSISTANT_ID = re.compile(rb'"assistant_id"\s*:\s*"([^"\\]+)"')
_FILE_ID = re.compile(rb'"file_id"\s*:\s*"([^"\\]+)"')

# Files and vector stores are not made by a run, they are found by it.
_FOUND = (b"file-", b"file_", b"assistant-", b"vs_")

_PREFIX = re.compile(rb"[A-Za-z]+[_-]")
_RANDOM_BYTES = 12


def fresh_id(prefix: str) -> str:
    return prefix + secrets.token_hex(_RANDOM_BYTES)


def rewriter(stream: bytes, *, thread_id: str, assistant_id: str) -> Callable[[bytes], bytes]:
    """A function that rewrites the parts of `stream`, each whole frames, all alike."""
    fresh: dict[bytes, bytes] = {old: old for old in _FILE_ID.findall(stream)}
    fresh |= dict.fromkeys(_THREAD_ID.findall(stream), thread_id.encode())
    fresh |= dict.fromkeys(_ASSISTANT_ID.findall(stream), assistant_id.encode())

    def replacement(match: re.Match[bytes]) -> bytes:
        old = match[2]
        if old not in fresh:
            fresh[old] = old if old.startswith(_FOUND) else _like(old)
        return match[1] + fresh[old]

    def rewrite(frames: bytes) -> bytes:
        return _ID.sub(replacement, frames)

    return rewrite


def _like(old: bytes) -> bytes:
    """Of the same kind: `msg_…` for `msg_…`."""
    prefix = _PREFIX.match(old)
    return fresh_id(prefix[0].decode() if prefix else "id_").encode()
