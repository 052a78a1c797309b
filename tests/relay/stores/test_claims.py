"""Which relay drives a thread: one at a time, and another once it has died."""

import asyncio
import signal

import pytest

from relay.errors import ClaimLost
from relay.logs import Store

from .conftest import OpenStore
from .filling import fill, read_all, taken, unheard
from .processes import go, holding, kill


async def claimed(store: Store, thread_id: str) -> None:
    """Try until the claim of a relay that has died has run out."""
    async with asyncio.timeout(30):
        while not await store.claim(thread_id):
            continue


async def test_one_relay_of_two_can_take_a_thread(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()

    taken_by = [await one.claim("thread_1"), await other.claim("thread_1")]

    assert taken_by == [True, False]
    assert await one.claim("thread_1")
    assert await other.claim("thread_2")


async def test_one_relay_of_many_that_race_takes_a_thread(open_durable: OpenStore) -> None:
    stores = [await open_durable() for _ in range(4)]

    claims = await asyncio.gather(*(store.claim("thread_1") for store in stores * 5))

    assert [claims[n::4].count(True) for n in range(4)].count(0) == 3
    assert claims.count(True) == 5


async def test_a_thread_that_was_released_can_be_taken(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await fill(await taken(one), ("a", 3))

    await one.release("thread_1")
    log = await taken(other)
    await fill(log, ("b", 2))

    assert [number for number, _ in await read_all(log, 0)] == [1, 2, 3, 4, 5]


async def test_a_release_by_another_relay_releases_nothing(open_durable: OpenStore) -> None:
    one, other, third = [await open_durable() for _ in range(3)]
    await one.claim("thread_1")

    await other.release("thread_1")

    assert not await third.claim("thread_1")


async def test_a_relay_that_is_closed_leaves_its_threads(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")

    await one.close()

    assert await other.claim("thread_1")


async def test_without_a_claim_nothing_is_appended(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")
    log = await other.open("thread_1", unheard)

    with pytest.raises(ClaimLost):
        await log.append([b"data: 1"], None)

    assert await read_all(await one.open("thread_1", unheard), 0) == []


async def test_a_thread_of_a_relay_that_has_died_can_be_taken(
    open_durable: OpenStore, durable_address: str
) -> None:
    other = await open_durable(lease_seconds=1.0)
    async with holding(durable_address, "thread_1", lease_seconds=1.0) as process:
        held = not await other.claim("thread_1")
        await kill(process)

    await claimed(other, "thread_1")

    assert held


async def test_a_relay_that_lives_keeps_its_thread_beyond_the_lease(
    open_durable: OpenStore, durable_address: str
) -> None:
    one, other = await open_durable(lease_seconds=1.0), await open_durable(lease_seconds=1.0)
    log = await taken(one)
    claims = []

    # Leases run out meanwhile, as those of relays that stand still show.
    for thread_id in ("thread_2", "thread_3"):
        async with holding(durable_address, thread_id, lease_seconds=1.0) as process:
            process.send_signal(signal.SIGSTOP)
            await claimed(other, thread_id)
        claims.append(await other.claim("thread_1"))

    assert claims == [False, False]
    assert (await log.append([b"data: 1"], None)).last == 1


@pytest.mark.parametrize("count", [3, 0], ids=["it goes on", "it has only taken it"])
async def test_a_relay_whose_thread_was_taken_appends_nothing_more(
    open_durable: OpenStore, durable_address: str, count: int
) -> None:
    """It was stopped for longer than its lease, and goes on as if nothing had happened."""
    other = await open_durable(lease_seconds=1.0)
    async with holding(durable_address, "thread_1", lease_seconds=1.0, writers=3) as process:
        process.send_signal(signal.SIGSTOP)
        await claimed(other, "thread_1")
        log = await other.open("thread_1", unheard)
        frames = await fill(log, *[("b", 1)] * count)
        last = log.last
        process.send_signal(signal.SIGCONT)
        go(process)

        # Its next append is refused, which ends it.
        await process.communicate()

    assert process.returncode == 1
    assert [frame for _, frame in await read_all(log, last - count)] == frames
    assert log.last == last
    assert (await other.cursor("thread_1")).position == last
