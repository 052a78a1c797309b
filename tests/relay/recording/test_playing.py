"""Recordings are played, at any pace."""

import asyncio
from pathlib import Path

import pytest

from relay.recording import Recording, play
from relay.recording.reading import read_recording

from .recorded import FRAMES, STREAM, write


async def played(recording: Recording, speed: float = 0, **options: int) -> list[bytes]:
    return [chunk async for chunk in play(recording, speed, **options)]


async def test_a_recording_is_played_whole(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording)) == STREAM


async def test_each_event_comes_when_it_came(tmp_path: Path) -> None:
    times = [0, 100, 100, 250]
    recording = read_recording(write(tmp_path, "paced", STREAM, {"arrived_ms": times}))
    clock = asyncio.get_running_loop().time
    began = clock()

    arrived = [(chunk, (clock() - began) * 1000) async for chunk in play(recording, 2)]

    came = {frame: at for chunk, at in arrived for frame in FRAMES if frame in chunk}
    assert all(came[frame] + 1 >= at / 2 for frame, at in zip(FRAMES, times, strict=True))
    assert b"".join(chunk for chunk, _ in arrived) == STREAM


async def test_a_recording_goes_on_behind_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording, after=2)) == b"".join(FRAMES[2:])
    assert await played(recording, after=4) == []
    assert await played(recording, after=9) == []


async def test_a_recording_can_be_cut_after_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))

    assert b"".join(await played(recording, stop_after=3)) == b"".join(FRAMES[:3])
    assert b"".join(await played(recording, stop_after=99)) == STREAM


async def test_a_recording_can_stall_after_an_event(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "all", STREAM))
    chunks = play(recording, 0, stall_after=1)

    first = await anext(chunks)
    waiting = asyncio.ensure_future(anext(chunks))
    await asyncio.wait([waiting], timeout=0.05)

    assert first == FRAMES[0]
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
