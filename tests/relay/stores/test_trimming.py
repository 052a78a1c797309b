"""What a log may hold: beyond that the oldest goes, and the log says how far."""

from .conftest import OpenStore
from .filling import fill, numbered, read_all, taken


async def test_trimming_removes_the_oldest_and_says_how_far(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_frames=10))
    frames = await fill(log, ("a", 4), ("b", 4), ("c", 4))
    is_over_before = log.is_over()

    await log.trim(await log.excess())

    assert is_over_before
    assert not log.is_over()
    assert log.trimmed == 4
    assert await read_all(log, log.trimmed) == numbered(frames)[4:]


async def test_trimming_holds_the_limit_of_bytes(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_bytes=3_000))
    await fill(log, ("a", 1), ("b", 1), ("c", 1), ("d", 1), size=1_000)

    await log.trim(await log.excess())

    assert log.trimmed == 2
    assert [number for number, _ in await read_all(log, 2)] == [3, 4]


async def test_what_is_over_its_limits_takes_nothing_at_once(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_frames=2))
    await fill(log, ("a", 2), ("b", 2))

    is_kept = log.append_now([b"data: 5"], "b")

    assert not is_kept
    assert log.last == 4


async def test_a_log_within_its_limits_is_not_trimmed(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_frames=4))
    await fill(log, ("a", 2), ("b", 2))

    await log.trim(await log.excess())

    assert log.trimmed == 0


async def test_what_has_just_come_is_never_trimmed(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_frames=1, max_bytes=1))
    frames = await fill(log, ("a", 1), ("b", 9))

    await log.trim(await log.excess())

    assert await read_all(log, log.trimmed) == numbered(frames)[1:]


async def test_a_log_stays_within_its_limits_however_long_it_is_written(
    open_store: OpenStore,
) -> None:
    log = await taken(await open_store(max_frames=20))

    for number in range(200):
        await fill(log, (f"run_{number}", 1))
        if log.is_over():
            await log.trim(await log.excess())

    kept = [number for number, _ in await read_all(log, log.trimmed)]
    assert 10 <= len(kept) <= 20
    assert kept == [*range(log.trimmed + 1, 201)]
