"""However the network cuts a stream, the same frames come out of it."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest

from relay.frames import Frame, FrameSplitter, data_of, name_of, relay_frame

from .sse_by_the_book import events_in, events_of

STREAMS = {
    "lf": b"event: a\ndata: 1\n\ndata: 2\n\n",
    "crlf": b"event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n",
    "cr": b"event: a\rdata: 1\r\rdata: 2\r\r",
    "mixed line ends": b"event: a\rdata: 1\r\n\ndata: 2\n\r\n",
    "mixed blank lines": b"data: 1\n\r\rdata: 2\r\n\r\r\n",
    "byte order mark": b"\xef\xbb\xbfevent: a\ndata: 1\n\ndata: 2\n\n",
    "half a byte order mark": b"\xef\xbbdata: 0\n\ndata: 1\n\ndata: 2\n\n",
    "comments": b": x\n\n:\ndata: 1\n: y\n\ndata: 2\n\n",
    "ids and retries": b"id: 7\nretry: 1\nevent: a\nid: 8\ndata: 1\n\ndata: 2\n\n",
    "several data lines": b"event: a\ndata: 1\ndata: 1\n\ndata\ndata:\n\n",
    "last name counts": b"event: a\nevent: b\ndata: 1\n\nevent: a\nevent\ndata: 2\n\n",
    "no blank after the colon": b"event:a\ndata:1\n\ndata:  2\n\n",
    "fields nobody knows": b"events: a\n data: 1\ndata: 1\n\nx\ndata: 2\n\n",
    "done": b"event: a\ndata: {}\n\nevent: done\ndata: [DONE]\n\n",
    "done without a name": b"data: {}\n\ndata: [DONE]\n\n",
    "unterminated": b"data: 1\n\nevent: a\ndata: 2",
    "unterminated line end": b"data: 1\n\nevent: a\ndata: 2\n",
    "unterminated cr": b"data: 1\r\revent: a\rdata: 2\r",
    "blank lines in a row": b"\n\n\ndata: 1\n\n\n\n\ndata: 2\n\n\n",
    "no data": b"event: a\n\ndata: 1\n\nevent: b\nid: 3\n\ndata: 2\n\n",
    "utf-8": 'event: \u2714\ndata: {"a":"\u2028\u0085\u00e9"}\n\ndata: \U0001f30d\n\n'.encode(),
    "bytes that are no utf-8": b"data: \xff\xfe\xc3\n\ndata: \x00\x0b\x0c\x1c\n\n",
}

# A name if there is one, then data lines as they came.
TIDY = re.compile(rb"(event: [^\n]+\n)?data(:[^\n]*)?(\ndata(:[^\n]*)?)*")

each_stream = pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)


def split(stream: bytes, cuts: Sequence[int] = (), limit: int = 1024) -> list[Frame]:
    splitter = FrameSplitter(limit)
    frames = []
    for start, end in pairwise([0, *cuts, len(stream)]):
        frames += splitter.feed(stream[start:end])
        splitter.check()
    return [*frames, *splitter.end()]


@each_stream
def test_every_way_to_cut_a_stream_gives_the_same_frames(stream: bytes) -> None:
    whole = split(stream)

    for cuts in combinations(range(len(stream) + 1), 2):
        assert split(stream, cuts) == whole, cuts
    assert split(stream, range(len(stream))) == whole


@each_stream
def test_frames_are_the_events_of_the_stream_and_nothing_else(stream: bytes) -> None:
    frames = split(stream)

    assert len(frames) >= 2
    assert events_of(frames) == events_in(stream)
    assert all(TIDY.fullmatch(frame) for frame in frames)


@each_stream
def test_a_frame_comes_with_the_byte_that_completes_it(stream: bytes) -> None:
    splitter = FrameSplitter(1024)
    given = 0

    for end in range(1, len(stream) + 1):
        given += len(splitter.feed(stream[end - 1 : end]))

        assert given == len(events_in(stream[:end], is_whole=False)), end


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (b"event: thread.run.created\ndata: {}", b"thread.run.created"),
        (b'data: {"type":"response.created"}', b"response.created"),
        (b'event: a\ndata: {"type":"b"}', b"a"),
        (b'data: {"type":7}', b""),
        (b"data: [DONE]", b""),
        (b"data: {", b""),
        (b"data: " + b"[" * 100_000, b""),
        (b'data: {"type":"\\ud800"}', b"?"),
        (b'data: {"type":\ndata: "relay.run"}', b"relay.run"),
    ],
    ids=[
        "its event line", "its type", "the line before the type", "a type that is no text",
        "done", "no json", "too deep", "half a character", "a type over two lines",
    ],
)  # fmt: skip
def test_a_frame_is_named_by_its_line_or_else_by_its_type(frame: bytes, name: bytes) -> None:
    assert name_of(frame) == name


@pytest.mark.parametrize(
    ("frame", "data"),
    [
        (b'event: a\ndata: {"b":1}', {"b": 1}),
        (b"data: [1,\ndata:2]", [1, 2]),
        (b"data: [DONE]", None),
        (b"data: " + b"[" * 100_000, None),
        (b"data: \xff", None),
    ],
    ids=["json", "json over two lines", "no json", "too deep", "no utf-8"],
)
def test_data_that_is_no_json_is_none(frame: bytes, data: object) -> None:
    assert data_of(frame) == data


def test_a_frame_of_the_relay_is_one_line_of_json() -> None:
    frame = relay_frame("relay.gap", {"reason": "a\nb"})

    assert frame == b'event: relay.gap\ndata: {"reason":"a\\nb"}'
