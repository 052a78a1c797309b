"""Many who read a log at the same time: each gets what it would get alone."""

import asyncio

from .conftest import OpenStore
from .filling import fill, numbered, read_all, stamped, taken

SIZE = 3_000


async def test_many_who_come_back_at_once_get_the_rest_each(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = await fill(log, *[("a", 1), ("b", 1)] * 50, size=SIZE)
    places = [(position, run_id) for position in (0, 40, 90) for run_id in (None, "a")] * 20

    found = await asyncio.gather(*(read_all(log, *place) for place in places))

    for (position, run_id), rest in zip(places, found, strict=True):
        step = 1 if run_id is None else 2
        assert rest == numbered(frames)[position::step]


async def test_what_arrives_while_others_read_is_read_by_whoever_comes_then(
    open_store: OpenStore,
) -> None:
    log = await taken(await open_store())
    frames = await fill(log, ("a", 5))

    for _ in range(10):
        reading = [asyncio.create_task(log.read(0)) for _ in range(5)]
        frames += await fill(log, ("a", 1))
        assert await read_all(log, 0) == numbered(frames)
        await asyncio.gather(*reading)


async def test_what_is_trimmed_after_many_have_read_it_is_gone(open_store: OpenStore) -> None:
    log = await taken(await open_store(max_frames=10))
    await fill(log, ("a", 4), ("b", 4), ("c", 4))
    await asyncio.gather(*(log.read(0) for _ in range(5)))

    await log.trim(await log.excess())

    block = await log.read(0)
    assert all(number > 4 for number, _ in stamped(block.data, log.incarnation))


async def test_whoever_asked_first_may_go(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = await fill(log, ("a", 5))
    reading = [asyncio.create_task(log.read(0)) for _ in range(3)]
    await asyncio.sleep(0)

    reading[0].cancel()

    for block in await asyncio.gather(*reading[1:]):
        assert stamped(block.data, log.incarnation) == numbered(frames)
