"""What only the store that ends with the process does."""

from relay.logs.memory import MemoryStore
from relay.logs.memory_notes import MemoryNotes

from .filling import fill, unheard


def store() -> MemoryStore:
    return MemoryStore(1_000, 1_000_000)


async def test_a_short_log_that_is_dropped_lowers_no_floor() -> None:
    memory = store()
    long, short = await memory.open("thread_1", unheard), await memory.open("thread_2", unheard)
    await fill(long, ("a", 5))
    await fill(short, ("a", 2))

    await memory.drop(long)
    await memory.drop(short)

    assert (await memory.cursor("thread_1")).position == 5


async def test_what_is_appended_waits_for_nothing() -> None:
    log = await store().open("thread_1", unheard)

    is_kept = log.append_now([b"data: 1"], "a")

    assert is_kept
    assert log.last == 1


async def test_a_log_that_was_dropped_is_forgotten() -> None:
    memory = store()
    log = await memory.open("thread_1", unheard)
    await fill(log, ("a", 5))

    await memory.drop(log)

    assert (await memory.open("thread_1", unheard)).trimmed == 5


async def test_two_processes_never_share_an_incarnation() -> None:
    assert (await store().cursor("thread_1")).incarnation != (
        await store().cursor("thread_1")
    ).incarnation


async def test_of_the_threads_those_used_last_are_kept() -> None:
    notes = MemoryNotes(max_bytes=100)
    for thread_id in ("thread_1", "thread_2"):
        await notes.put(thread_id, [{"id": "a", "text": "x" * 20}])
    await notes.read("thread_1")

    await notes.put("thread_3", [{"id": "a", "text": "x" * 20}])

    assert await notes.read("thread_2") == []
    assert [len(await notes.read(name)) for name in ("thread_1", "thread_3")] == [1, 1]
