"""What relays send to each other: each note once, in order, to the relay that it is for."""

import asyncio

from relay.logs import Note, Store

from .conftest import OpenStore


async def owner_of(store: Store, thread_id: str) -> str:
    owner = await store.owner(thread_id)
    assert owner is not None
    return owner


async def taken_from(store: Store, count: int) -> list[Note]:
    notes: list[Note] = []
    async with asyncio.timeout(30):
        while len(notes) < count:
            notes += await store.take()
    return notes


async def test_every_relay_knows_who_has_a_thread(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")
    await other.claim("thread_2")

    seen = [[await store.owner(f"thread_{n}") for n in (1, 2, 3)] for store in (one, other)]

    assert seen[0] == seen[1]
    assert seen[0][0] != seen[0][1]
    assert seen[0][2] is None


async def test_nobody_has_a_thread_that_was_released(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")

    await one.release("thread_1")

    assert await other.owner("thread_1") is None


async def test_a_relay_that_was_closed_has_nothing(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    await one.claim("thread_1")

    await one.close()

    assert await other.owner("thread_1") is None


async def test_notes_come_once_in_order_and_to_one_relay(open_durable: OpenStore) -> None:
    one, other, third = [await open_durable() for _ in range(3)]
    await one.claim("thread_1")
    await third.claim("thread_3")
    notes: list[Note] = [{"id": str(n), "body": {"text": "\u2714\ud83d"}} for n in range(5)]

    for note in notes:
        await other.send(await owner_of(other, "thread_1"), note)

    assert await taken_from(one, 5) == notes
    assert [[*await store.take()] for store in (one, third)] == [[], []]


async def test_an_answer_under_a_key_is_found_by_other_relays(open_durable: OpenStore) -> None:
    one, other = await open_durable(), await open_durable()
    assert one.keys is not None
    assert other.keys is not None
    before = await other.keys.get("answer")

    await one.keys.put("answer", {"result": 1}, 60)

    assert before is None
    assert await other.keys.get("answer") == {"result": 1}
