"""Notes beside the logs: in order, by id, and bounded."""

from relay.logs import Notes

from .conftest import OpenStore


async def ids(notes: Notes, thread_id: str) -> list[str]:
    return [note["id"] for note in await notes.read(thread_id)]


async def test_a_note_keeps_its_place_when_it_is_put_again(open_store: OpenStore) -> None:
    notes = (await open_store()).notes("messages")
    await notes.put("thread_1", [{"id": "a", "n": 1}, {"id": "b", "n": 1}])

    await notes.put("thread_1", [{"id": "a", "n": 2}, {"id": "c", "n": 1}])

    assert await notes.read("thread_1") == [
        {"id": "a", "n": 2}, {"id": "b", "n": 1}, {"id": "c", "n": 1},
    ]  # fmt: skip
    assert await notes.read("thread_2") == []


async def test_of_a_thread_the_newest_are_kept(open_store: OpenStore) -> None:
    notes = (await open_store()).notes("messages")
    await notes.put("thread_1", [{"id": str(number)} for number in range(2_000)])

    await notes.put("thread_1", [{"id": "0"}, {"id": "last"}])

    assert await ids(notes, "thread_1") == [*map(str, range(1, 2_000)), "last"]


async def test_each_kind_is_apart_from_the_others(open_store: OpenStore) -> None:
    store = await open_store()
    await store.notes("messages").put("thread_1", [{"id": "a"}])

    await store.notes("items").put("thread_1", [{"id": "b"}])

    assert await ids(store.notes("messages"), "thread_1") == ["a"]
    assert await ids(store.notes("items"), "thread_1") == ["b"]


async def test_what_was_read_is_the_readers_own(open_store: OpenStore) -> None:
    notes = (await open_store()).notes("messages")
    await notes.put("thread_1", [{"id": "a", "content": [1]}])

    [note] = await notes.read("thread_1")
    note["content"].append(2)

    assert await notes.read("thread_1") == [{"id": "a", "content": [1]}]


async def test_a_note_is_any_json(open_store: OpenStore) -> None:
    notes = (await open_store()).notes("messages")
    note = {"id": "\ud83d\x00'\"", "nested": [{"\x00": None}, 1.5, True, "\u2028", "\ud800"]}

    await notes.put("thread_1", [note])

    assert await notes.read("thread_1") == [note]
