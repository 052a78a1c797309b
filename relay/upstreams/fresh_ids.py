"""Fresh ids for a recording that is played again, so that it can be played twice in one thread.

Only the ids change, and only where a JSON key says that they are ids: what people and models wrote
stays, even if it looks like one.
"""

import re
import secrets
from collections.abc import Callable

# Inside a JSON string quotes are escaped, so text that quotes JSON does not match.
_ID = rb"""
    ( "(?: id | run_id | thread_id | assistant_id | message_id | step_id | run_step_id
         | tool_call_id | call_id | caller_id | item_id | approval_request_id
         | response_id | previous_response_id | conversation | conversation_id )" \s* : \s* " )
    ( [^"\\]+ ) (?=")
"""
# What is told in an upstream's answer, but was written by people: keys in there are theirs.
_THEIRS = rb"""
    "(?: metadata | attributes | arguments | prompt | schema | tools | tool_resources )" \s* : \s*
    (?= [{\[] )
"""
_PLACE = re.compile(_ID + rb"|" + _THEIRS, re.VERBOSE)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]')

_THREAD_ID = re.compile(
    rb'"(?:thread_id|conversation_id|conversation)"\s*:\s*(?:\{[^{}]*?"id"\s*:\s*)?"([^"\\]+)"'
)
_ASSISTANT_ID = re.compile(rb'"assistant_id"\s*:\s*"([^"\\]+)"')

# Files, their containers and vector stores are not made by a run, they are found by it.
_FOUND_ID = re.compile(rb'"(?:file_id|container_id)"\s*:\s*"([^"\\]+)"')
_FOUND = (b"file-", b"file_", b"assistant-", b"vs_", b"cntr_", b"cfile_")

_PREFIX = re.compile(rb"[A-Za-z]+[_-]")
_RANDOM_BYTES = 12


def fresh_id(prefix: str) -> str:
    return prefix + secrets.token_hex(_RANDOM_BYTES)


def rewriter(stream: bytes, *, thread_id: str, assistant_id: str) -> Callable[[bytes], bytes]:
    """A function that rewrites frames of `stream`, one at a time and all alike."""
    fresh: dict[bytes, bytes] = {old: old for old in _FOUND_ID.findall(stream)}
    fresh |= dict.fromkeys(_THREAD_ID.findall(stream), thread_id.encode())
    fresh |= dict.fromkeys(_ASSISTANT_ID.findall(stream), assistant_id.encode())

    def renewed(old: bytes) -> bytes:
        if old not in fresh:
            fresh[old] = old if old.startswith(_FOUND) else _like(old)
        return fresh[old]

    def rewrite(frame: bytes) -> bytes:
        parts, start = [], 0
        while place := _PLACE.search(frame, start):
            if place[2] is None:
                behind = _behind_value(frame, place.end())
                parts.append(frame[start:behind])
            else:
                behind = place.end()
                parts += [frame[start : place.start(2)], renewed(place[2])]
            start = behind
        return b"".join([*parts, frame[start:]])

    return rewrite


def _behind_value(frame: bytes, start: int) -> int:
    """Where the object or list ends that begins here; a frame may have been cut within it."""
    depth = 0
    for token in _TOKEN.finditer(frame, start):
        depth += (token[0] in b"{[") - (token[0] in b"}]")
        if not depth:
            return token.end()
    return len(frame)


def _like(old: bytes) -> bytes:
    """Of the same kind: `msg_…` for `msg_…`."""
    prefix = _PREFIX.match(old)
    return fresh_id(prefix[0].decode() if prefix else "id_").encode()
