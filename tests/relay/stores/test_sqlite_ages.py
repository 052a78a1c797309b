"""What is too old is forgotten, positions never; whatever the clock does."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay.logs.sqlite import SqliteStore

from .filling import fill, read_all, taken, unheard

HOUR = 3_600


class Clock:
    """Sets the clock of the machine, as this process sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._start = time.time()

    def move(self, hours: float) -> None:
        now = self._start + hours * HOUR
        self._monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(
        str(tmp_path / "relay.db"),
        1_000,
        1_000_000,
        max_age_seconds=HOUR,
        notes_max_age_seconds=24 * HOUR,
    )
    await store.start()
    yield store
    await store.close()


async def test_what_is_too_old_is_trimmed(store: SqliteStore, clock: Clock) -> None:
    log = await taken(store)
    await fill(log, ("a", 2), ("a", 2))
    clock.move(2)
    await fill(log, ("b", 2))
    is_over_before = log.is_over()

    await log.trim(await log.excess())

    assert is_over_before
    assert (log.trimmed, log.is_over()) == (4, False)
    assert [number for number, _ in await read_all(log, 4)] == [5, 6]


async def test_ids_grow_whatever_the_clock_does(store: SqliteStore, clock: Clock) -> None:
    log = await taken(store)
    for hours in (0, -1_000, 1_000, -300_000, 5):
        clock.move(hours)
        await fill(log, ("a", 1))

    assert [number for number, _ in await read_all(log, 0)] == [1, 2, 3, 4, 5]


async def test_a_thread_that_was_left_is_forgotten_but_for_its_place(
    store: SqliteStore, clock: Clock
) -> None:
    log = await taken(store)
    await log.append([b"data: 1"] * 3, "run_1", {"id": "run_1", "is_over": True})
    await store.release("thread_1")
    cursor = await store.cursor("thread_1")
    clock.move(2)

    await store.sweep()

    again = await taken(store)
    assert (again.last, again.trimmed) == (3, 3)
    assert await store.cursor("thread_1") == cursor
    assert await store.notes("runs").read("thread_1") == [{"id": "run_1", "is_over": True}]
    assert (await again.append([b"data: 4"], None)).last == 4


async def test_an_open_log_sees_what_was_swept(store: SqliteStore, clock: Clock) -> None:
    log = await taken(store)
    await fill(log, ("a", 3))
    await store.release("thread_1")
    clock.move(2)

    await store.sweep()
    block = await log.read(0)

    assert (block.data, block.last, log.trimmed) == (b"", 3, 3)


async def test_a_thread_that_is_driven_is_not_swept(store: SqliteStore, clock: Clock) -> None:
    log = await taken(store)
    await fill(log, ("a", 3))
    clock.move(2)

    await store.sweep()

    assert [number for number, _ in await read_all(log, 0)] == [1, 2, 3]


async def test_no_thread_begins_before_one_that_was_forgotten_altogether(
    store: SqliteStore, clock: Clock
) -> None:
    log = await taken(store)
    await log.append([b"data: 1"] * 3, "run_1", {"id": "run_1", "is_over": True})
    await store.release("thread_1")
    await store.drop(log)
    clock.move(48)

    await store.sweep()
    await store.sweep()

    assert not await store.has("thread_1")
    assert await store.notes("runs").read("thread_1") == []
    assert (await store.cursor("thread_1")).position == 3
    assert (await store.open("thread_1", unheard)).trimmed == 3
    assert (await taken(store, "thread_2")).last == 3


async def test_a_run_that_is_not_over_is_not_forgotten(store: SqliteStore, clock: Clock) -> None:
    log = await taken(store)
    await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": False})
    await store.release("thread_1")
    clock.move(48)

    await store.sweep()

    assert await store.orphans() == ["thread_1"]


async def test_the_file_does_not_grow_with_what_is_forgotten(
    store: SqliteStore, clock: Clock, tmp_path: Path
) -> None:
    sizes = []
    for number in range(6):
        clock.move(2 * number)
        log = await taken(store, f"thread_{number}")
        await fill(log, *[("a", 10)] * 50, size=2_000)
        await store.release(f"thread_{number}")
        await store.drop(log)
        await store.sweep()
        sizes.append((tmp_path / "relay.db").stat().st_size)

    assert max(sizes) < 3 * 1_000_000
