"""A frame may have so many bytes and no more, however it is cut."""

from itertools import combinations, pairwise

import pytest

from relay.errors import FrameTooLarge
from relay.frames import Frame, FrameSplitter

LIMIT = 12
FITS, TOO_LONG = b"data: 789012", b"data: 7890123"
SMALL = [b"data: 1", b"data: 2"]


def split(stream: bytes, *cuts: int) -> tuple[list[Frame], bool]:
    """The frames up to a breach of the limit, and whether there was one."""
    splitter = FrameSplitter(LIMIT)
    frames: list[Frame] = []
    try:
        for start, end in pairwise([0, *cuts, len(stream)]):
            frames += splitter.feed(stream[start:end])
            splitter.check()
        frames += splitter.end()
        splitter.check()
    except FrameTooLarge:
        return frames, True
    return frames, False


STREAMS = {
    "it fits": (b"data: 1\n\ndata: 2\n\n" + FITS + b"\n\n", [*SMALL, FITS], False),
    "it fits, unterminated": (b"data: 1\n\ndata: 2\n\n" + FITS, [*SMALL, FITS], False),
    "it fits, and its line ends": (b"data: 1\n\ndata: 2\n\n" + FITS + b"\n", [*SMALL, FITS], False),
    "it fits, with crlf": (
        b"data: 1\r\n\r\ndata: 2\r\n\r\n" + FITS + b"\r\n\r\n", [*SMALL, FITS], False,
    ),
    "it fits, after blank lines": (b"data: 1\n\n\n" + FITS + b"\n\n", [SMALL[0], FITS], False),
    "it fits, before blank lines": (FITS + b"\n\n\n\n\n" + FITS + b"\n\n\n", [FITS, FITS], False),
    "it fits, after a mark": (b"\xef\xbb\xbf" + FITS + b"\n\n", [FITS], False),
    "it is too long": (b"data: 1\n\ndata: 2\n\n" + TOO_LONG + b"\n\n", SMALL, True),
    "it is too long, with more after it": (
        b"data: 1\n\ndata: 2\n\n" + TOO_LONG + b"\n\ndata: 3\n\n", SMALL, True,
    ),
    "it is too long, unterminated": (b"data: 1\n\ndata: 2\n\n" + TOO_LONG, SMALL, True),
    "its lines together are too long": (b"event: a\ndata: 1\n\ndata: 2\n\n", [], True),
    "a comment is too long": (b"data: 1\n\ndata: 2\n\n: a comment without end", SMALL, True),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "frames", "is_breached"), STREAMS.values(), ids=STREAMS)
def test_every_cut_gives_the_same_answer(
    stream: bytes, frames: list[Frame], *, is_breached: bool
) -> None:
    for cuts in [(), *combinations(range(len(stream) + 1), 2), range(len(stream))]:
        assert split(stream, *cuts) == (frames, is_breached), cuts


def test_a_frame_without_end_is_refused_before_it_ends() -> None:
    splitter = FrameSplitter(LIMIT)
    splitter.feed(b"data: ")
    splitter.check()
    splitter.feed(b"789012")
    splitter.check()

    splitter.feed(b"3")

    with pytest.raises(FrameTooLarge, match="more than 12 bytes"):
        splitter.check()


def test_nothing_comes_after_a_breach() -> None:
    splitter = FrameSplitter(LIMIT)
    splitter.feed(TOO_LONG + b"\n\n")

    frames = [*splitter.feed(b"data: 1\n\n"), *splitter.end()]

    assert frames == []
    with pytest.raises(FrameTooLarge):
        splitter.check()
