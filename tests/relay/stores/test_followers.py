"""Followers at one relay of what another appends: all of it, once, in the log's order."""

import asyncio
import signal

from .conftest import OpenStore
from .filling import Arrivals, fill, numbered, read_all, stamped, taken
from .processes import holding


async def test_what_another_relay_appends_arrives(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    log = await taken(one)
    arrivals = Arrivals()
    followed = await other.open("thread_1", arrivals)

    frames = [frame for n in range(30) for frame in await fill(log, (f"run_{n % 2}", 1 + n % 3))]
    await arrivals.until(len(frames))

    assert stamped(arrivals.data, followed.incarnation) == numbered(frames)
    assert {run_id for _, run_id in arrivals.blocks} == {"run_0", "run_1"}
    assert followed.last == log.last
    assert await read_all(followed, 0) == numbered(frames)


async def test_only_what_comes_after_a_log_was_opened_arrives(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    log = await taken(one)
    frames = await fill(log, ("a", 5))
    arrivals = Arrivals()
    followed = await other.open("thread_1", arrivals)
    start = followed.last

    frames += await fill(log, ("a", 5))
    await arrivals.until(10)

    assert start == 5
    assert stamped(arrivals.data, followed.incarnation) == numbered(frames)[5:]


async def test_the_newest_frame_is_known_before_it_has_arrived(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    log = await taken(one)
    await other.open("thread_1", Arrivals())

    await fill(log, ("a", 5))
    cursor = await other.cursor("thread_1")

    assert (cursor.incarnation, cursor.position) == (log.incarnation, 5)


async def test_a_log_that_is_opened_while_it_is_written_misses_nothing(
    open_durable: OpenStore,
) -> None:
    one, other = await open_durable(), await open_durable()
    log = await taken(one)
    await fill(log, ("a", 1))
    # A store may keep what is under way at one stroke, so not all of it is under way at once.
    writing = asyncio.gather(*(fill(log, *[("a", 1)] * 50) for _ in range(4)))

    starts, followers = [], []
    for count in range(5):
        followers.append(Arrivals())
        followed = await other.open("thread_1", followers[-1])
        starts.append(followed.last)
        await followers[-1].until(min(201, starts[-1] + 30) if starts[-1] < 201 else 0)
        if count < 4:
            await other.drop(followed)
    await writing
    await followers[-1].until(201 if starts[-1] < 201 else 0)

    for start, arrivals in zip(starts, followers, strict=True):
        numbers = [number for number, _ in stamped(arrivals.data, log.incarnation)]
        assert numbers == [*range(start + 1, arrivals.last + 1)]


async def test_a_thread_that_changes_hands_is_followed_without_a_seam(
    open_durable: OpenStore,
) -> None:
    stores = [await open_durable() for _ in range(3)]
    followers = [Arrivals() for _ in stores]
    logs = [
        await store.open("thread_1", arrivals)
        for store, arrivals in zip(stores, followers, strict=True)
    ]

    frames = []
    for turn in range(12):
        store, log = stores[turn % 3], logs[turn % 3]
        assert await store.claim("thread_1")
        frames += await fill(log, (f"run_{turn}", 2), (None, 1))
        await store.release("thread_1")
    for arrivals in followers:
        await arrivals.until(len(frames))

    for arrivals in followers:
        assert stamped(arrivals.data, logs[0].incarnation) == numbered(frames)


async def test_a_follower_hears_what_another_relay_has_trimmed(open_durable: OpenStore) -> None:
    one, other = await open_durable(max_frames=5), await open_durable(max_frames=5)
    log = await taken(one)
    arrivals = Arrivals()
    followed = await other.open("thread_1", arrivals)

    for _ in range(8):
        await fill(log, ("a", 1))
    await log.trim(await log.excess())
    await fill(log, ("a", 1))
    await arrivals.until(9)
    await followed.read(0)

    assert log.trimmed > 0
    assert followed.trimmed == log.trimmed


async def test_a_relay_that_has_looked_away_for_long_misses_nothing(
    open_durable: OpenStore,
) -> None:
    one, other = await open_durable(), await open_durable()
    log = await taken(one)
    before, after = Arrivals(), Arrivals()
    followed = await other.open("thread_1", before)
    frames = await fill(log, ("a", 1))
    await before.until(1)
    await other.drop(followed)

    for _ in range(1_100):
        frames += await fill(log, ("a", 1))
    followed = await other.open("thread_1", after)
    start = followed.last
    frames += await fill(log, ("a", 1))
    await after.until(len(frames))

    assert stamped(after.data, log.incarnation) == numbered(frames)[start:]
    assert await read_all(followed, 0) == numbered(frames)


async def test_a_relay_that_stood_still_for_long_misses_nothing(
    open_durable: OpenStore, durable_address: str
) -> None:
    store = await open_durable()
    log, another = await taken(store), await taken(store, "thread_2")
    async with holding(durable_address, "thread_1") as process:
        assert process.stdout
        frames = await fill(log, ("a", 1))
        data = await process.stdout.readuntil(b"data: 1 xxxxxxxx\n\n")
        process.send_signal(signal.SIGSTOP)
        frames += await fill(log, ("a", 2), ("b", 3))
        for _ in range(1_100):
            await fill(another, ("a", 1))
        process.send_signal(signal.SIGCONT)

        async with asyncio.timeout(30):
            data += await process.stdout.readuntil(b"data: 6 xxxxxxxx\n\n")

    assert stamped(data, log.incarnation) == numbered(frames)


async def test_a_relay_that_stood_still_for_too_long_hears_what_it_has_lost(
    open_durable: OpenStore, durable_address: str
) -> None:
    log = await taken(await open_durable(max_frames=5))
    async with holding(durable_address, "thread_1") as process:
        assert process.stdout
        frames = await fill(log, ("a", 1))
        await process.stdout.readuntil(b"data: 1 xxxxxxxx\n\n")
        process.send_signal(signal.SIGSTOP)
        for number in range(10):
            frames += await fill(log, (f"run_{number}", 1))
        await log.trim(await log.excess())
        process.send_signal(signal.SIGCONT)

        async with asyncio.timeout(30):
            data = await process.stdout.readuntil(b"data: 11 xxxxxxxx\n\n")

    # Something may have been on its way already.
    before, lost, after = data.partition(b"lost %d\n\n" % log.trimmed)
    early = stamped(before, log.incarnation)
    assert lost
    assert early == numbered(frames)[1 : 1 + len(early)]
    assert 1 + len(early) < log.trimmed
    assert stamped(after, log.incarnation) == numbered(frames)[log.trimmed :]
