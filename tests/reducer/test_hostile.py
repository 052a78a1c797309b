"""What nobody should send does no harm."""

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from reducer import (
    ASSISTANTS,
    ASSISTANTS_RUNS,
    RELAY,
    RESPONSES,
    RESPONSES_RUNS,
    Event,
    current_run,
    reduce,
    reduce_runs,
    replay,
    thread_from_items,
)

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


@pytest.mark.parametrize("name", sorted({*RESPONSES, *RESPONSES_RUNS}))
@pytest.mark.parametrize("kind", ["message", "reasoning"])
def test_depth_is_no_danger_in_a_response(name: str, kind: str) -> None:
    deep = nested(LEVELS)
    item = {"id": "m1", "type": kind, "content": [{"type": "x", "text": deep}], "summary": [deep]}
    told = ("delta", "part", "annotation", "text", "arguments", "command", "output", "usage")
    data = {
        **dict.fromkeys(told, deep), "item_id": "m1", "output_index": 0, "content_index": 0,
        "item": item, "response": {"id": "r1", "output": [item], "usage": deep, "error": deep},
    }  # fmt: skip
    events: list[Event] = [
        {"event": one, "data": data, "run": {"id": "run_1", "usage": deep}}
        for one in ("response.output_item.added", name, name, "response.completed")
    ]

    thread = replay(events)
    runs = replay(events, reduce=reduce_runs)
    run = current_run(None, events[-1])

    assert len(thread) == (kind == "message")
    assert [entry["item"]["id"] for entry in runs[0]["output"]] == ["m1"]
    assert run is not None


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


def test_a_great_index_of_an_answer_takes_no_room() -> None:
    indexes = {
        "content_index": 2**51,
        "annotation_index": 2**52,
        "summary_index": 2**52,
        "command_index": 2**52,
    }
    names = [
        "output_text.delta", "output_text.annotation.added", "reasoning_summary_text.delta",
        "shell_call_command.delta", "shell_call_output_content.delta",
    ]  # fmt: skip
    places = {"m1": {"output_index": 2**50}, "i1": {"output_index": 2**50 + 1}}
    told = [
        (name, {**indexes, **place, "item_id": item_id, "delta": "x", "annotation": {"type": "x"}})
        for name in names
        for item_id, place in places.items()
    ]
    added = [
        ("output_item.added", {**places[item_id], "item": {"id": item_id, "type": kind}})
        for item_id, kind in (("m1", "message"), ("i1", "shell_call"))
    ]
    events: list[Event] = [
        {"event": f"response.{name}", "data": data, "run": {"id": "run_1", "response_id": "r1"}}
        for name, data in [*added, *told * 10]
    ]
    tracemalloc.start()

    thread, runs = replay(events), replay(events, reduce=reduce_runs)

    assert tracemalloc.get_traced_memory()[1] < 200_000
    tracemalloc.stop()
    assert thread[0]["content"][0]["text"]["value"] == "x" * 10
    assert runs[0]["output"][1]["item"]["summary"][0]["text"] == "x" * 10


def test_an_output_of_many_items_takes_no_longer_than_they_are_many() -> None:
    output = [{"id": f"m{n}", "type": "message", "content": []} for n in range(20_000)]
    changed = [{**item, "id": f"x{item['id']}"} for item in output]
    events: list[Event] = [
        {"event": "response.completed", "data": {"response": {"id": "r1", "output": told}}}
        for told in (output, output[::-1], changed, changed[1:])
    ]

    thread, runs = replay(events), replay(events, reduce=reduce_runs)

    assert [message["id"] for message in thread] == [item["id"] for item in reversed(output)]
    assert [entry["item"]["id"] for entry in runs[0]["output"]] == [item["id"] for item in output]


def test_items_that_are_deep_or_many_are_a_thread() -> None:
    items = [{"id": f"m{n}", "type": "message", "content": nested(LEVELS)} for n in range(100)]
    many = [{"id": f"m{n}", "type": "message"} for n in range(20_000)]
    run = {"id": "run_1", "output": [{"item": {**item, "content": "x"}} for item in many]}

    assert len(thread_from_items([{**items[0], "content": [{"text": nested(LEVELS)}]}])) == 1
    assert len(thread_from_items(items)) == 100
    assert len(thread_from_items(many[::2], [run])) == 20_000


def test_the_reducer_loads_neither_the_relay_nor_asyncio() -> None:
    script = (
        "import sys, reducer; print(*{'relay', 'asyncio', 'aiohttp', 'openai'} & {*sys.modules})"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True
    )

    assert answer.stdout.split() == []
