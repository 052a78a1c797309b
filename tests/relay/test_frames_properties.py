"""For any bytes and any cuts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reducer import EventReader
from relay.frames import Frame, FrameSplitter, data_of, name_of

from .sse_by_the_book import events_in, events_of

# Pieces that streams are made of, so that chance finds more than noise.
PIECES = st.sampled_from(
    [
        b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf", b":", b" ", b"data", b"data:", b"data: ",
        b"event: ", b"event:", b"id: 1", b"retry: 9", b"a", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xff",
        b"\0", b'{"type":"relay.run"}', b"[DONE]", b"event: relay.run\n", b"data: {}\n\n",
        b"event: a\ndata: ", b"event: a\ndata: 1\n\n",
    ]
)  # fmt: skip
STREAMS = st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=60)
STARTS = (b"event: a\ndata: ", b"event: relay.run\ndata: ")
CUTS = st.lists(st.integers(0, 400), max_size=20).map(sorted)


def split(stream: bytes, cuts: list[int]) -> list[Frame]:
    splitter = FrameSplitter(10_000)
    edges = [0, *(cut for cut in cuts if cut < len(stream)), len(stream)]
    frames = [frame for start, end in pairwise(edges) for frame in splitter.feed(stream[start:end])]
    return [*frames, *splitter.end()]


@given(STREAMS, CUTS)
def test_cuts_change_nothing(stream: bytes, cuts: list[int]) -> None:
    assert split(stream, cuts) == split(stream, [])


@given(STREAMS, CUTS)
def test_a_chunk_that_needs_only_cutting_gives_what_any_chunk_gives(
    stream: bytes, cuts: list[int]
) -> None:
    splitter = FrameSplitter(10_000)
    edges = [0, *(cut for cut in cuts if cut < len(stream)), len(stream)]
    for start, end in pairwise(edges):
        plain = splitter.plain(stream[start:end], STARTS)

        frames = splitter.feed(stream[start:end])

        assert plain in ([], frames)
        assert all(frame.startswith(STARTS) for frame in plain)


@given(STREAMS)
def test_frames_are_the_events_that_the_standard_finds(stream: bytes) -> None:
    assert events_of(split(stream, [])) == events_in(stream)


@given(STREAMS)
def test_a_reader_finds_the_same_events_in_the_frames_as_in_the_stream(stream: bytes) -> None:
    frames = b"".join(frame + b"\n\n" for frame in split(stream, []))

    assert without_ids(frames) == without_ids(stream)


def without_ids(stream: bytes) -> list[object]:
    """The upstream's ids are its own business."""
    reader = EventReader()
    events = [*reader.feed(stream), *reader.end()]
    # As text, since NaN is not equal to itself.
    return [repr((event["event"], event["data"])) for event in events]


@given(STREAMS)
def test_no_frame_has_an_id_or_a_blank_line_in_it(stream: bytes) -> None:
    for frame in split(stream, []):
        assert b"\n\n" not in frame + b"\n"
        assert b"\r" not in frame
        assert not any(line.startswith(b"id") for line in frame.split(b"\n"))


@given(STREAMS)
def test_no_frame_is_so_odd_that_it_cannot_be_looked_into(stream: bytes) -> None:
    for frame in split(stream, []):
        assert isinstance(name_of(frame), bytes)
        data_of(frame)
