"""From the bytes of a stream to events, however the bytes are cut."""

from collections.abc import AsyncIterator
from itertools import combinations, pairwise
from typing import Any

import pytest

from reducer import Event, EventReader, aread_events, read_events

RUN = b'event: relay.run\ndata: {"id": "run_1", "status": "in_progress"}\n\n'
END = b'event: relay.run\ndata: {"id": "run_1", "status": "completed"}\n\n'


def event(data: Any, name: str = "message", **more: Any) -> Event:
    return {"event": name, "data": data, **more}


STARTED = {"id": "run_1", "status": "in_progress"}
ENDED = {"id": "run_1", "status": "completed"}
NAMED = {"type": "response.created"}
WRAPPED = {"event": "a", "data": {}}

# A stream, and the events in it.
STREAMS: dict[str, tuple[bytes, list[Event]]] = {
    "lf": (b"event: a\ndata: 1\n\ndata: 2\n\n", [event(1, "a"), event(2)]),
    "crlf": (b"event: a\r\ndata: 1\r\n\r\n", [event(1, "a")]),
    "cr": (b"event: a\rdata: 1\r\rdata: 2\r\r", [event(1, "a"), event(2)]),
    "mixed": (b"event: a\r\ndata: 1\r\n\ndata: 2\n\r\n", [event(1, "a"), event(2)]),
    "several data lines": (b'data: {"a":\ndata: 1}\n\n', [event({"a": 1})]),
    "a byte order mark": (b"\xef\xbb\xbfdata: 1\n\n", [event(1)]),
    "a mark that is not the first": (b"data: 1\n\n\xef\xbb\xbfdata: 2\n\n", [event(1)]),
    "two marks": (b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\n", []),
    "comments and unknown fields": (b": x\n\nretry: 5\n:\nfoo: 1\ndata: 1\nbar\n\n", [event(1)]),
    "a name without data": (b"event: a\n\ndata: 1\n\n", [event(1)]),
    "one space is not part of the value": (b"event:a\ndata:  x\n\n", [event(" x", "a")]),
    "a field without a colon": (b"data\n\n", [event("")]),
    "empty data": (b"data:\ndata:\n\n", [event("\n")]),
    "the name in the data": (
        b'data: {"type": "response.created"}\n\n',
        [event(NAMED, "response.created")],
    ),
    "an empty name": (
        b'event:\ndata: {"type": "response.created"}\n\n',
        [event(NAMED, "response.created")],
    ),
    "no name in the data": (
        b'data: {"type": 5}\n\ndata: {"type": ""}\n\n',
        [event({"type": 5}), event({"type": ""})],
    ),
    "a name beside a type": (
        b'event: a\ndata: {"type": "response.created"}\n\n',
        [event(NAMED, "a")],
    ),
    "events in events": (b'data: {"event": "a", "data": {}}\n\n', [event(WRAPPED)]),
    "done": (b"event: done\ndata: [DONE]\n\n", [event("[DONE]", "done")]),
    "an id holds until the next": (
        b"id: 1\ndata: 1\n\ndata: 2\n\nid: 3\n\nid: 4\x00\ndata: 3\n\nid\ndata: 4\n\n",
        [event(1, id="1"), event(2, id="1"), event(3, id="3"), event(4)],
    ),
    "other line separators": (
        'data: "\u2028\u2029\x85\x7f"\n\ndata: a\x0b\x0cb\n\n'.encode(),
        [event("\u2028\u2029\x85\x7f"), event("a\x0b\x0cb")],
    ),
    "characters of many bytes": ('data: "é✔😀"\n\n'.encode(), [event("é✔😀")]),
    "bytes that are no character": (b"data: a\xffb\xe2\x9cc\n\n", [event("a\ufffdb\ufffdc")]),
    "an unterminated event": (b"event: a\ndata: 1", [event(1, "a")]),
    "an unterminated event after its line end": (b"event: a\ndata: 1\r", [event(1, "a")]),
    "an unterminated character": (b"data: a\xe2\x9c", [event("a\ufffd")]),
    "nothing": (b"", []),
    "the run goes with its events": (
        b"data: 1\n\n" + RUN + b"data: 2\n\n" + END + b"data: 3\n\n",
        [
            event(1),
            event(STARTED, "relay.run", run=STARTED),
            event(2, run=STARTED),
            event(ENDED, "relay.run"),
            event(3),
        ],
    ),
}

each_stream = pytest.mark.parametrize(("stream", "expected"), STREAMS.values(), ids=STREAMS)


def read(stream: bytes, *cuts: int) -> list[Event]:
    edges = [0, *cuts, len(stream)]
    return list(read_events(stream[start:end] for start, end in pairwise(edges)))


@each_stream
def test_a_stream_gives_its_events(stream: bytes, expected: list[Event]) -> None:
    assert read(stream) == expected


@each_stream
def test_every_way_to_cut_a_stream_gives_the_same_events(
    stream: bytes, expected: list[Event]
) -> None:
    for cuts in combinations(range(min(len(stream), 60)), 2):
        assert read(stream, *cuts) == expected, cuts
    assert read(stream, *range(1, len(stream))) == expected


@each_stream
async def test_chunks_that_are_waited_for_give_the_same_events(
    stream: bytes, expected: list[Event]
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield stream[:7]
        yield stream[7:]

    assert [one async for one in aread_events(chunks())] == expected


def test_an_event_is_there_as_soon_as_it_is_complete() -> None:
    reader = EventReader()

    assert reader.feed(b"data: 1\r\r") == [event(1)]
    assert reader.feed(b"\ndata: 2\n") == []
    assert reader.feed(b"\n") == [event(2)]


def test_text_is_read_like_bytes() -> None:
    reader = EventReader()

    assert reader.feed("\ufeffdata: \u2714\n\n") == [event("\u2714")]


def test_one_stream_after_the_other() -> None:
    reader = EventReader()
    first = [*reader.feed(b"id: 1\n\n" + RUN + b"event: a\ndata: 1\ndata"), *reader.end()]

    second = [*reader.feed(b"\xef\xbb\xbfdata: 2\n\n"), *reader.end()]

    assert first[1:] == [event(1, "a", id="1", run=STARTED)]
    assert second == [event(2, run=STARTED)]
    assert reader.run == STARTED


def test_the_run_may_be_known_from_before() -> None:
    events = list(read_events([b"data: 1\n\n", END], STARTED))

    assert events == [event(1, run=STARTED), event(ENDED, "relay.run")]


def test_events_of_one_frame_do_not_see_each_other_change() -> None:
    first, second = read(RUN + RUN.replace(b"in_progress", b"requires_action"))

    assert first["run"]["status"] == "in_progress"
    assert second["run"]["status"] == "requires_action"
