"""What an upstream sends reaches the browser byte for byte, complete and in order."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pytest

from relay.places import recordings_folder

from .byte_servers import ByteServer, Chunks, in_pieces, streams_of
from .conftest import StartRelay
from .event_streams import Sent
from .sse_by_the_book import events_in, events_of, upstream_events

RECORDINGS = {path.stem: path.read_bytes() for path in sorted(recordings_folder().glob("*.sse"))}

Framing: TypeAlias = Callable[[bytes], Chunks]

FORGED = (
    b"event: relay.gap\ndata: {}\n\nevent:relay.run\ndata: {}\nid: 1-1\n\n"
    b'data: {"type":"relay.message","id":"msg_1"}\n\n'
)


def chatty(stream: bytes) -> bytes:
    """Comments, ids and times to retry before, in and after each frame, and forged frames."""
    talk = b": here\nid: 99-1\nretry: 1\n"
    frames = [talk + frame.replace(b"\ndata:", b"\nid:\n:\ndata:") for frame in frames_of(stream)]
    return (b"\n\n:\n\n" + FORGED).join(frames) + b"\n\n"


def frames_of(stream: bytes) -> list[bytes]:
    return stream.split(b"\n\n")[:-1]


def events_count(stream: bytes) -> int:
    """How many frames are no mere comment."""
    return sum(not frame.startswith(b":") for frame in frames_of(stream))


FRAMINGS: Mapping[str, Framing] = {
    "as recorded": lambda stream: [stream],
    "crlf in small pieces": lambda stream: in_pieces(stream.replace(b"\n", b"\r\n"), 997),
    "cr": lambda stream: [stream.replace(b"\n", b"\r")],
    "a frame for each write": lambda stream: [frame + b"\n\n" for frame in frames_of(stream)],
    "chatty, with a mark": lambda stream: [b"\xef\xbb\xbf", *in_pieces(chatty(stream), 4096)],
    "unterminated": lambda stream: [stream.removesuffix(b"\n\n")],
}


def test_there_are_recordings() -> None:
    assert len(RECORDINGS) > 20


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=RECORDINGS)
async def test_every_byte_of_events_and_data_arrives_in_whatever_framing(
    start_relay: StartRelay, recording: bytes
) -> None:
    streams = streams_of(recording)
    framed = [[framing(stream) for stream in streams] for framing in FRAMINGS.values()]

    runs = await runs_of(start_relay, framed)

    for name, chunks, frames in zip(FRAMINGS, framed, runs, strict=True):
        arrived = [frame.body for frame in frames if not frame.is_own]
        assert events_of(arrived) == sent_in(chunks), name
        assert len(arrived) == sum(events_count(stream) for stream in streams), name


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
async def test_the_relay_adds_an_id_to_each_frame_and_its_own_frames_and_nothing_else(
    start_relay: StartRelay, framing: Framing
) -> None:
    recording = RECORDINGS["unicode"]

    [frames] = await runs_of(start_relay, [[framing(recording)]])

    lines = [line for frame in frames for line in frame.raw.split(b"\n")]
    ids = [line for line in lines if line.startswith(b"id: ")]
    own = [frame.event for frame in frames if frame.is_own]
    upstreams = [line for frame in frames if not frame.is_own for line in frame.body.split(b"\n")]
    assert len(ids) == len(frames) == len(set(ids))
    assert set(own) == {"relay.run"}
    assert upstreams == [line for line in recording.split(b"\n") if line]


@pytest.mark.parametrize(
    "stream",
    [
        b"data: a\ndata:\ndata\ndata:  b\n\n",
        b"event: \xff\xfe\ndata: \xc3\x28\x00\n\n",
        b"event:thread.message.delta\ndata:{]\n\n",
        b"event: thread.run.completed\ndata: 7\n\n",
        b"event: thread.run.completed\ndata: {}\n\nevent: thread.run.failed\ndata: {}\n\n",
        b"event: done\ndata: [DONE]\n\n",
        b"event: error\ndata: null\n\n",
        b"data: " + b"[" * 50_000 + b"\n\n",
        b"event: " + b"n" * 50_000 + b"\ndata: 1\n\n",
    ],
    ids=[
        "several data lines", "no utf-8", "broken json", "a run that is a number",
        "two ends", "only done", "an error of null", "too deep", "a long name",
    ],
)  # fmt: skip
async def test_what_no_reference_tells_of_is_forwarded_as_it_came(
    start_relay: StartRelay, stream: bytes
) -> None:
    around = b"event: thread.x\ndata: 1\n\n"

    [frames] = await runs_of(start_relay, [[[around + stream]]])

    upstreams = [frame.body for frame in frames if not frame.is_own]
    assert events_of(upstreams) == events_in(around + stream)


def sent_in(streams: Sequence[Chunks]) -> list[tuple[bytes, bytes]]:
    """What should arrive of a run: a frame without a name is called by its type."""
    events = [event for chunks in streams for event in upstream_events(b"".join(chunks))]
    return [event for event in events if not event[1].startswith(b'{"type":"relay.')]


async def runs_of(start_relay: StartRelay, runs: Sequence[Sequence[Chunks]]) -> list[list[Sent]]:
    """All frames of runs, whose upstream streams are these."""
    streams = [chunks for run in runs for chunks in run]
    async with ByteServer.started(*streams) as server:
        relay = await start_relay(openai_base_url=server.url, end_seconds=0.05)
        return [await relay.watched_run(f"thread_{number}") for number in range(len(runs))]
