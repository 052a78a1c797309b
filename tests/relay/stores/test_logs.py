"""A log: what is appended is there, in order, once, under ids that only grow."""

import asyncio
import re

from relay.logs import Cursor

from .conftest import OpenStore
from .filling import Arrivals, fill, numbered, read_all, stamped, taken, unheard


async def test_every_position_has_exactly_the_rest_beyond_it(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = await fill(log, ("a", 3), ("a", 1), (None, 2), ("b", 5), ("a", 1), size=40)

    for position in range(len(frames) + 1):
        assert await read_all(log, position) == numbered(frames)[position:], position


async def test_every_position_has_exactly_the_rest_of_one_run(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    await fill(log, ("a", 3), ("b", 2), ("a", 2), (None, 1), ("b", 1), ("a", 1))
    of_a = [1, 2, 3, 6, 7, 10]

    for position in range(11):
        found = [number for number, _ in await read_all(log, position, "a")]
        assert found == [number for number in of_a if number > position], position


async def test_a_run_that_has_no_frames_is_read_to_the_end_at_once(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    await fill(log, ("a", 3), ("b", 2))

    block = await log.read(1, "c")

    assert (block.data, block.last) == (b"", 5)


async def test_there_is_nothing_beyond_the_last_position(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    await fill(log, ("a", 3))

    block = await log.read(3)

    assert (block.data, block.last) == (b"", 3)


async def test_a_block_is_what_its_followers_are_sent(open_store: OpenStore) -> None:
    log = await taken(await open_store())

    block = await log.append([b"event: a\ndata: 1", b"data: 2"], "a")

    stamp = f"id: {log.incarnation}-".encode()
    assert block.data == stamp + b"1\nevent: a\ndata: 1\n\n" + stamp + b"2\ndata: 2\n\n"
    assert block.last == log.last == 2


async def test_what_is_taken_at_once_is_there_and_all_else_is_not(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = await fill(log, ("a", 1))

    is_kept = log.append_now([b"data: 2"], "a")

    assert await read_all(log, 0) == numbered([*frames, b"data: 2"] if is_kept else frames)


async def test_data_that_looks_like_an_id_is_not_taken_for_one(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    forged = f"data: id: {log.incarnation}-3".encode()
    await log.append([forged, forged, b"data: 3", b"data: 4"], "a")

    assert await read_all(log, 2) == [(3, b"data: 3"), (4, b"data: 4")]


async def test_frames_are_bytes_whatever_they_hold(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = [b"data: \x00\xff\xfe", "data: \u2714\u00e9".encode(), b"data: '\";--", b"data:"]

    await log.append(frames, "a")

    assert await read_all(log, 0) == numbered(frames)


async def test_a_long_log_is_read_in_pieces(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    frames = []
    for _ in range(40):
        frames += await fill(log, ("a", 1), size=10_000)

    block = await log.read(0)

    assert 64 * 1024 <= len(block.data) < 128 * 1024
    assert await read_all(log, 0) == numbered(frames)


async def test_a_run_far_behind_others_is_found(open_store: OpenStore) -> None:
    log = await taken(await open_store())
    await asyncio.gather(*(fill(log, ("a", 1)) for _ in range(3_000)))
    await fill(log, ("b", 1))

    assert [number for number, _ in await read_all(log, 0, "b")] == [3_001]


async def test_the_last_position_grows_when_append_is_called(open_store: OpenStore) -> None:
    log = await taken(await open_store())

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(log.append([b"data: 1", b"data: 2"], "a")) for _ in range(3)]

    assert [task.result().last for task in tasks] == [2, 4, 6]
    assert [number for number, _ in await read_all(log, 0)] == [1, 2, 3, 4, 5, 6]


async def test_what_is_appended_arrives_once_and_in_the_order_of_the_log(
    open_store: OpenStore,
) -> None:
    store = await open_store()
    await store.claim("thread_1")
    arrivals = Arrivals()
    log = await store.open("thread_1", arrivals)

    await asyncio.gather(*(fill(log, (f"run_{n % 3}", 2)) for n in range(100)))
    await arrivals.until(200)

    assert [number for number, _ in stamped(arrivals.data, log.incarnation)] == [*range(1, 201)]
    assert stamped(arrivals.data, log.incarnation) == await read_all(log, 0)
    assert {run_id for _, run_id in arrivals.blocks} == {"run_0", "run_1", "run_2"}


async def test_what_has_arrived_can_be_read(open_store: OpenStore) -> None:
    store = await open_store()
    await store.claim("thread_1")
    arrivals = Arrivals()
    log = await store.open("thread_1", arrivals)
    appending = asyncio.gather(*(fill(log, ("a", 1)) for _ in range(50)))

    for position in range(50):
        await arrivals.until(position + 1)
        assert (await log.read(position)).last > position

    await appending


async def test_threads_do_not_hear_of_each_other(open_store: OpenStore) -> None:
    store = await open_store()
    heard = Arrivals()
    await store.open("thread_2", heard)

    await fill(await taken(store, "thread_1"), ("a", 3))

    assert heard.blocks == []
    assert await read_all(await store.open("thread_2", unheard), 0) == []


async def test_a_thread_without_a_log_begins_where_a_log_of_it_would(open_store: OpenStore) -> None:
    store = await open_store()

    log = await store.open("thread_1", unheard)

    assert await store.cursor("thread_1") == Cursor(log.incarnation, log.last)
    assert not await store.has("thread_1")


async def test_a_dropped_log_leaves_its_ids_behind(open_store: OpenStore) -> None:
    store = await open_store()
    first = await taken(store)
    await fill(first, ("a", 5))
    await store.drop(first)

    again = await store.open("thread_1", unheard)
    block = await again.append([b"data: 1"], None)

    assert (again.incarnation, block.last) == (first.incarnation, 6)


async def test_a_cursor_can_stand_in_a_header_and_in_a_url(open_store: OpenStore) -> None:
    cursor = await (await open_store()).cursor("thread_1")

    assert re.fullmatch(r"[a-z0-9-]+", str(cursor))
    assert Cursor.parse(str(cursor)) == cursor
