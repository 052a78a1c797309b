"""What relays hand to each other: to the one that has a thread, in order, once."""

import asyncio

from relay.logs import Store

from .conftest import OpenStore
from .processes import holding, kill


async def owner_of(store: Store, thread_id: str) -> str:
    owner = await store.owner(thread_id)
    assert owner is not None
    return owner


async def test_all_relays_name_the_one_that_has_a_thread(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")
    await one.claim("thread_2")
    await other.claim("thread_3")

    owners = [await owner_of(store, f"thread_{n}") for n in (1, 2, 3) for store in (one, other)]

    assert len({*owners[:4]}) == len({*owners[4:]}) == 1
    assert owners[0] != owners[4]


async def test_a_thread_that_nobody_has_names_none(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")
    await one.release("thread_1")

    assert [await other.owner("thread_1"), await other.owner("thread_2")] == [None, None]


async def test_a_relay_that_has_died_has_nothing(
    open_durable: OpenStore, durable_address: str
) -> None:
    other = await open_durable(lease_seconds=1.0)
    async with holding(durable_address, "thread_1", lease_seconds=1.0) as process:
        held = await other.owner("thread_1")
        await kill(process)

    async with asyncio.timeout(30):
        while await other.owner("thread_1") is not None:
            continue

    assert held is not None


async def test_notes_reach_the_relay_that_they_were_sent_to_once_and_in_order(
    open_durable: OpenStore,
) -> None:
    one, other, third = [await open_durable() for _ in range(3)]
    await one.claim("thread_1")
    await third.claim("thread_2")
    owner, stranger = await owner_of(other, "thread_1"), await owner_of(other, "thread_2")

    for number in range(3):
        await other.send(owner, {"id": f"{number}", "text": "\ud800\x00"})
    await other.send(stranger, {"id": "another"})
    taken = [*await one.take()]
    await third.send(owner, {"id": "3"})
    taken += await one.take()
    taken += await one.take()

    assert [note["id"] for note in taken] == ["0", "1", "2", "3"]
    assert taken[0] == {"id": "0", "text": "\ud800\x00"}
    assert await third.take() == [{"id": "another"}]
    assert [*await other.take()] == []


async def test_a_relay_that_was_closed_has_nothing(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")

    await one.close()

    assert await other.owner("thread_1") is None


async def test_an_answer_under_a_key_is_found_by_other_relays(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    assert one.keys is not None
    assert other.keys is not None
    before = await other.keys.get("answer")

    await one.keys.put("answer", {"result": 1}, 60)

    assert before is None
    assert await other.keys.get("answer") == {"result": 1}
