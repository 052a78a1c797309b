"""A log: what is appended is there, in order, once, under ids that only grow."""

import re
from collections.abc import Sequence

import pytest

from relay.logs import Cursor, Log
from relay.logs.memory import MemoryStore

AMPLE = 1_000_000


def store(max_frames: int = AMPLE, max_bytes: int = 100 * AMPLE) -> MemoryStore:
    return MemoryStore(max_frames, max_bytes)


async def fill(log: Log, *blocks: tuple[str | None, int], size: int = 8) -> list[bytes]:
    """Append blocks: for which run, and how many frames.  All frames are different."""
    frames = []
    for run_id, count in blocks:
        first = log.last
        block = [b"data: %d %b" % (first + n, b"x" * size) for n in range(1, count + 1)]
        await log.append(block, run_id)
        frames += block
    return frames


async def read_all(log: Log, position: int, run_id: str | None = None) -> list[tuple[int, bytes]]:
    """Every frame beyond a position, with the position that its id names."""
    found = []
    while position < log.last:
        block = await log.read(position, run_id)
        assert block.last > position
        position = block.last
        for stamped in block.data.split(b"\n\n")[:-1]:
            stamp, frame = stamped.split(b"\n", 1)
            assert stamp.startswith(b"id: %b-" % log.incarnation.encode())
            found.append((int(stamp.rpartition(b"-")[2]), frame))
    return found


def numbered(frames: Sequence[bytes], first: int = 1) -> list[tuple[int, bytes]]:
    return list(enumerate(frames, first))


async def test_every_position_has_exactly_the_rest_beyond_it() -> None:
    log = await store().open("thread_1")
    frames = await fill(log, ("a", 3), ("a", 1), (None, 2), ("b", 5), ("a", 1), size=40)

    for position in range(len(frames) + 1):
        assert await read_all(log, position) == numbered(frames)[position:], position


async def test_every_position_has_exactly_the_rest_of_one_run() -> None:
    log = await store().open("thread_1")
    await fill(log, ("a", 3), ("b", 2), ("a", 2), (None, 1), ("b", 1), ("a", 1))
    of_a = [1, 2, 3, 6, 7, 10]

    for position in range(11):
        found = [number for number, _ in await read_all(log, position, "a")]
        assert found == [number for number in of_a if number > position], position


async def test_a_run_that_has_no_frames_is_read_to_the_end_at_once() -> None:
    log = await store().open("thread_1")
    await fill(log, ("a", 3), ("b", 2))

    block = await log.read(1, "c")

    assert (block.data, block.last) == (b"", 5)


async def test_there_is_nothing_beyond_the_last_position() -> None:
    log = await store().open("thread_1")
    await fill(log, ("a", 3))

    block = await log.read(3)

    assert (block.data, block.last) == (b"", 3)


async def test_a_block_is_what_its_followers_are_sent() -> None:
    log = await store().open("thread_1")

    block = await log.append([b"event: a\ndata: 1", b"data: 2"], "a")

    stamp = f"id: {log.incarnation}-".encode()
    assert block.data == stamp + b"1\nevent: a\ndata: 1\n\n" + stamp + b"2\ndata: 2\n\n"
    assert block.last == log.last == 2


async def test_data_that_looks_like_an_id_is_not_taken_for_one() -> None:
    log = await store().open("thread_1")
    forged = f"data: id: {log.incarnation}-3".encode()
    await log.append([forged, forged, b"data: 3", b"data: 4"], "a")

    assert await read_all(log, 2) == [(3, b"data: 3"), (4, b"data: 4")]


async def test_a_long_log_is_read_in_pieces() -> None:
    log = await store().open("thread_1")
    frames = []
    for _ in range(40):
        frames += await fill(log, ("a", 1), size=10_000)

    block = await log.read(0)

    assert 64 * 1024 <= len(block.data) < 128 * 1024
    assert await read_all(log, 0) == numbered(frames)


async def test_trimming_removes_the_oldest_and_says_how_far() -> None:
    log = await store(max_frames=10).open("thread_1")
    frames = await fill(log, ("a", 4), ("b", 4), ("c", 4))
    is_over_before = log.is_over()

    await log.trim(await log.excess())

    assert is_over_before
    assert not log.is_over()
    assert log.trimmed == 4
    assert await read_all(log, log.trimmed) == numbered(frames)[4:]


async def test_trimming_holds_the_limit_of_bytes() -> None:
    log = await store(max_bytes=3_000).open("thread_1")
    await fill(log, ("a", 1), ("b", 1), ("c", 1), ("d", 1), size=1_000)

    await log.trim(await log.excess())

    assert log.trimmed == 2
    assert [number for number, _ in await read_all(log, 2)] == [3, 4]


async def test_a_log_within_its_limits_is_not_trimmed() -> None:
    log = await store(max_frames=4).open("thread_1")
    await fill(log, ("a", 2), ("b", 2))

    await log.trim(await log.excess())

    assert log.trimmed == 0


async def test_what_has_just_come_is_never_trimmed() -> None:
    log = await store(max_frames=1, max_bytes=1).open("thread_1")
    frames = await fill(log, ("a", 1), ("b", 9))

    await log.trim(await log.excess())

    assert await read_all(log, log.trimmed) == numbered(frames)[1:]


async def test_a_log_that_was_dropped_leaves_its_ids_behind() -> None:
    memory = store()
    first = await memory.open("thread_1")
    await fill(first, ("a", 5))
    await memory.drop(first)

    again = await memory.open("thread_1")
    block = await again.append([b"data: 1"], None)

    assert again.incarnation == first.incarnation
    assert (again.trimmed, block.last) == (5, 6)


async def test_a_short_log_that_is_dropped_lowers_no_floor() -> None:
    memory = store()
    long, short = await memory.open("thread_1"), await memory.open("thread_2")
    await fill(long, ("a", 5))
    await fill(short, ("a", 2))

    await memory.drop(long)
    await memory.drop(short)

    assert (await memory.cursor("thread_1")).position == 5


async def test_a_thread_without_a_log_begins_where_a_log_of_it_would() -> None:
    memory = store()

    log = await memory.open("thread_1")

    assert await memory.cursor("thread_1") == Cursor(log.incarnation, log.last)


async def test_two_processes_never_share_an_incarnation() -> None:
    assert (await store().cursor("thread_1")).incarnation != (
        await store().cursor("thread_1")
    ).incarnation


@pytest.mark.parametrize("text", ["a-0", "0f3-17", f"{'a' * 32}-{'9' * 18}"])
def test_a_cursor_is_read_as_it_was_written(text: str) -> None:
    cursor = Cursor.parse(text)

    assert str(cursor) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "a", "a-", "-1", "a-01", "a-1 ", " a-1", "a-1\n", "A-1", "a--1", "a-1-1", "a-+1",
        "a-1e3", f"a-{'9' * 19}", f"{'a' * 33}-1", "a-\u0661", "\u00e9-1", "a-0x1",
    ],
)  # fmt: skip
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert Cursor.parse(text) is None


async def test_a_cursor_can_stand_in_a_header_and_in_a_url() -> None:
    assert re.fullmatch(r"[a-z0-9-]+", str(await store().cursor("thread_1")))
