"""What nobody should send does no harm."""

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from reducer import ASSISTANTS, ASSISTANTS_RUNS, RELAY, Event, reduce, reduce_runs, replay

ROOT = Path(__file__).parents[2]
LEVELS = 10_000


def nested(levels: int) -> Any:
    value: Any = {"id": "m1"}
    for _ in range(levels):
        value = {"delta": [value]}
    return value


@pytest.mark.parametrize("name", sorted({*ASSISTANTS, *ASSISTANTS_RUNS, *RELAY}))
def test_depth_is_no_danger(name: str) -> None:
    deep = nested(LEVELS)
    data = {
        "id": "m1", "run_id": "m1", "status": "in_progress", "usage": deep, "error": deep,
        "content": [deep], "step_details": {"tool_calls": [deep]},
        "delta": {"content": [{"index": 0, "text": deep, "of": deep}], "step_details": deep},
    }  # fmt: skip
    event: Event = {"event": name, "data": data, "run": {**data, "steps": [deep]}}

    thread = reduce(reduce([{"id": "m1"}], event), event)
    runs = reduce_runs(reduce_runs([], event), event)

    assert len(thread) == 1
    assert len(runs) <= 1


def test_a_deep_message_equals_itself() -> None:
    thread = reduce([], {"event": "thread.message.created", "data": nested(LEVELS) | {"id": "m1"}})
    again: Event = {"event": "thread.message.created", "data": nested(LEVELS) | {"id": "m1"}}

    assert reduce(thread, again) is thread


def test_a_great_index_takes_no_room() -> None:
    part = {
        "index": 2**52,
        "type": "text",
        "text": {"value": "x", "annotations": [{"index": 10**9}]},
    }
    event: Event = {
        "event": "thread.message.delta",
        "data": {"id": "m1", "delta": {"content": [part]}},
    }
    tracemalloc.start()

    thread = replay([event] * 10, [{"id": "m1", "content": []}])

    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
    assert thread[0]["content"][0]["text"]["value"] == "x" * 10


def test_many_parts_in_one_delta_are_put_in_order() -> None:
    parts = [{"index": index, "refusal": "x"} for index in reversed(range(50_000))]
    event: Event = {
        "event": "thread.message.delta",
        "data": {"id": "m1", "delta": {"content": parts}},
    }

    thread = reduce([{"id": "m1", "content": []}], event)

    assert thread[0]["content"] == parts[::-1]


def test_the_reducer_loads_neither_the_relay_nor_asyncio() -> None:
    script = (
        "import sys, reducer; print(*{'relay', 'asyncio', 'aiohttp', 'openai'} & {*sys.modules})"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True
    )

    assert answer.stdout.split() == []
