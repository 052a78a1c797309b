"""Notes beside the logs: in order, by id, and bounded."""

from relay.logs.memory_notes import MemoryNotes


async def ids(notes: MemoryNotes, thread_id: str) -> list[str]:
    return [note["id"] for note in await notes.read(thread_id)]


async def test_a_note_keeps_its_place_when_it_is_put_again() -> None:
    notes = MemoryNotes()
    await notes.put("thread_1", [{"id": "a", "n": 1}, {"id": "b", "n": 1}])

    await notes.put("thread_1", [{"id": "a", "n": 2}, {"id": "c", "n": 1}])

    assert await notes.read("thread_1") == [
        {"id": "a", "n": 2}, {"id": "b", "n": 1}, {"id": "c", "n": 1},
    ]  # fmt: skip
    assert await notes.read("thread_2") == []


async def test_of_a_thread_the_newest_are_kept() -> None:
    notes = MemoryNotes(max_per_thread=2)

    await notes.put("thread_1", [{"id": name} for name in "abc"])

    assert await ids(notes, "thread_1") == ["b", "c"]


async def test_of_the_threads_those_used_last_are_kept() -> None:
    notes = MemoryNotes(max_bytes=100)
    for thread_id in ("thread_1", "thread_2"):
        await notes.put(thread_id, [{"id": "a", "text": "x" * 20}])
    await notes.read("thread_1")

    await notes.put("thread_3", [{"id": "a", "text": "x" * 20}])

    assert await ids(notes, "thread_2") == []
    assert await ids(notes, "thread_1") == await ids(notes, "thread_3") == ["a"]


async def test_what_was_read_is_the_readers_own() -> None:
    notes = MemoryNotes()
    await notes.put("thread_1", [{"id": "a", "content": [1]}])

    [note] = await notes.read("thread_1")
    note["content"].append(2)

    assert await notes.read("thread_1") == [{"id": "a", "content": [1]}]
