"""What is remembered of keys is bounded, and no bound lets a repeated request buy a second run."""

import tracemalloc
from dataclasses import dataclass, field

import pytest

from relay.errors import KeyReused, TooManyKeys
from relay.runs.keys import Key, Keys, Limits

DAY = 86400.0


@dataclass
class Counting:
    """Something to carry out, which knows how often it was."""

    answer: object = "done"
    times: int = field(default=0)

    async def __call__(self) -> object:
        self.times += 1
        return self.answer


def run_key(name: str, thread_id: str = "thread_1") -> Key:
    return Key(thread_id, "runs", name)


def message_key(name: str) -> Key:
    return Key("thread_1", "messages", name)


async def test_a_thread_remembers_so_many_runs_and_refuses_more() -> None:
    keys = Keys(DAY, Limits(runs_per_thread=2))
    start = Counting()
    for name in ("a", "b"):
        await keys.once(run_key(name), "body", start)

    with pytest.raises(TooManyKeys, match="thread_1"):
        await keys.once(run_key("c"), "body", start)
    await keys.once(run_key("a"), "body", start)
    await keys.once(run_key("c", "thread_2"), "body", start)
    await keys.once(message_key("c"), "body", start)

    assert start.times == 4


async def test_all_threads_together_remember_so_many_runs() -> None:
    keys = Keys(DAY, Limits(runs=2))
    start = Counting()
    for name in ("a", "b"):
        await keys.once(run_key(name, f"thread_{name}"), "body", start)

    with pytest.raises(TooManyKeys):
        await keys.once(run_key("c", "thread_c"), "body", start)


async def test_a_refused_run_makes_room_for_another() -> None:
    keys = Keys(DAY, Limits(runs_per_thread=1))

    async def refuse() -> None:
        raise KeyReused("no")

    with pytest.raises(KeyReused, match="no"):
        await keys.once(run_key("a"), "body", refuse)

    assert await keys.once(run_key("b"), "body", Counting()) == "done"


@pytest.mark.parametrize("limits", [Limits(others=3), Limits(bytes=300)], ids=["number", "bytes"])
async def test_the_oldest_messages_make_room_and_runs_stay(limits: Limits) -> None:
    keys = Keys(DAY, limits)
    add, start = Counting("x" * 100), Counting()
    await keys.once(run_key("run"), "body", start)
    for name in "abcd":
        await keys.once(message_key(name), "body", add)

    await keys.once(message_key("d"), "body", add)
    assert add.times == 4
    await keys.once(message_key("a"), "body", add)
    assert add.times == 5
    await keys.once(run_key("run"), "body", start)
    assert start.times == 1


async def test_bodies_are_not_kept() -> None:
    keys = Keys(DAY)
    add = Counting()

    tracemalloc.start()
    for number in range(50):
        await keys.once(message_key(str(number)), str(number) + "x" * 1_000_000, add)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 3_000_000
    with pytest.raises(KeyReused):
        await keys.once(message_key("0"), "1" + "x" * 1_000_000, add)
