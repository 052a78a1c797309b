"""What outlives the process: logs, notes, keys and the state of runs."""

import asyncio

import pytest

from relay.errors import ClaimLost
from relay.logs import KeyStore, Store

from .conftest import OpenStore
from .filling import fill, numbered, read_all, taken, unheard


def keys_of(store: Store) -> KeyStore:
    assert store.keys is not None
    return store.keys


async def test_a_log_is_there_after_a_restart(open_durable: OpenStore) -> None:
    store = await open_durable()
    log = await taken(store)
    frames = await fill(log, ("a", 3), ("b", 2))
    cursor = await store.cursor("thread_1")
    await store.close()

    again = await open_durable()
    opened = await taken(again)

    assert again.is_durable
    assert (opened.incarnation, opened.last) == (cursor.incarnation, cursor.position)
    assert await again.cursor("thread_1") == cursor
    assert await read_all(opened, 0) == numbered(frames)
    assert (await opened.append([b"data: 6"], None)).last == 6


async def test_trimming_is_there_after_a_restart(open_durable: OpenStore) -> None:
    store = await open_durable(max_frames=5)
    log = await taken(store)
    frames = await fill(log, *[("a", 1)] * 8)
    await log.trim(await log.excess())
    trimmed = log.trimmed
    await store.close()

    opened = await (await open_durable(max_frames=5)).open("thread_1", unheard)

    assert trimmed > 0
    assert (opened.trimmed, opened.last) == (trimmed, 8)
    assert await read_all(opened, trimmed) == numbered(frames)[trimmed:]


async def test_a_thread_is_known_once_something_is_kept(open_durable: OpenStore) -> None:
    store = await open_durable()
    await fill(await taken(store, "thread_1"), ("a", 1))
    await store.notes("items").put("thread_2", [{"id": "a"}])

    known = [await store.has(f"thread_{number}") for number in (1, 2, 3)]

    assert known == [True, True, False]


async def test_notes_are_there_after_a_restart_and_at_other_relays(
    open_durable: OpenStore,
) -> None:
    store, other = await open_durable(), await open_durable()
    await store.notes("messages").put("thread_1", [{"id": "b"}, {"id": "a"}])
    seen = await other.notes("messages").read("thread_1")
    await store.close()

    found = await (await open_durable()).notes("messages").read("thread_1")

    assert found == seen == [{"id": "b"}, {"id": "a"}]


async def test_a_run_is_noted_with_its_frames(open_durable: OpenStore) -> None:
    store = await open_durable()
    log = await taken(store)

    await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": False, "n": 1})
    await log.append([b"data: 2"], "run_1", {"id": "run_1", "is_over": False, "n": 2})

    assert await store.notes("runs").read("thread_1") == [{"id": "run_1", "is_over": False, "n": 2}]


async def test_a_run_is_not_noted_where_its_frames_are_refused(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")
    log = await other.open("thread_1", unheard)

    with pytest.raises(ClaimLost):
        await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": False})

    assert await one.notes("runs").read("thread_1") == []


async def test_threads_with_open_runs_that_nobody_drives_are_orphans(
    open_durable: OpenStore,
) -> None:
    gone, other = await open_durable(), await open_durable()
    for number, is_over in enumerate([False, True, False]):
        log = await taken(gone, f"thread_{number}")
        await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": is_over})
    driven = await other.orphans()

    await gone.close()
    left = await other.orphans()
    await other.claim("thread_0")

    assert driven == []
    assert sorted(left) == ["thread_0", "thread_2"]
    assert await other.orphans() == ["thread_2"]


async def test_a_run_that_ends_leaves_no_orphan(open_durable: OpenStore) -> None:
    gone, other = await open_durable(), await open_durable()
    log = await taken(gone)
    await log.append([b"data: 1"], "run_1", {"id": "run_1", "is_over": False})
    await log.append([b"data: 2"], "run_1", {"id": "run_1", "is_over": True})

    await gone.close()

    assert await other.orphans() == []


async def test_a_key_is_begun_once(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    stores = [keys_of(one), keys_of(other)] * 4

    answers = await asyncio.gather(
        *(keys.begin("key", {"id": str(n)}, 60) for n, keys in enumerate(stores))
    )

    winner = str(answers.index(None))
    assert answers.count(None) == 1
    assert all(answer in (None, {"id": winner}) for answer in answers)


async def test_a_key_holds_what_was_put_until_it_is_forgotten(open_durable: OpenStore) -> None:
    store = await open_durable()
    keys = keys_of(store)
    await keys.begin("key", {"id": "begun"}, 60)
    await keys.put("key", {"id": "answered"}, 60)
    await store.close()

    keys = keys_of(await open_durable())
    found = await keys.begin("key", {"id": "again"}, 60)
    await keys.forget("key")

    assert found == {"id": "answered"}
    assert await keys.begin("key", {"id": "again"}, 60) is None


async def test_a_key_ends_with_its_time(open_durable: OpenStore) -> None:
    keys = keys_of(await open_durable())
    await keys.begin("key", {"id": "old"}, 0.001)
    async with asyncio.timeout(30):
        while await keys.begin("key", {"id": "new"}, 60) is not None:
            continue

    assert await keys.begin("key", {"id": "newer"}, 60) == {"id": "new"}


async def test_a_store_is_closed_twice(open_durable: OpenStore) -> None:
    store = await open_durable()
    await store.close()

    await store.close()
