"""The tables of events, and reducers made of them."""

import json
from pathlib import Path
from typing import Any, assert_type

import pytest

from reducer import (
    ASSISTANTS,
    ASSISTANTS_RUNS,
    RELAY,
    RELAY_RUNS,
    RESPONSES,
    RESPONSES_RUNS,
    Case,
    Event,
    Thread,
    messages_of,
    reduce_runs,
    reducer_for,
    replay,
)

FOLDER = Path(__file__).parents[2] / "fixtures/dialects"
TABLES = {
    "assistants": {"thread": ASSISTANTS, "runs": ASSISTANTS_RUNS},
    "responses": {"thread": RESPONSES, "runs": RESPONSES_RUNS},
    "relay": {"thread": RELAY, "runs": RELAY_RUNS},
}


@pytest.mark.parametrize("dialect", TABLES)
def test_the_tables_handle_the_listed_events(dialect: str) -> None:
    listed = json.loads((FOLDER / f"{dialect}.json").read_text())

    assert {kind: list(table) for kind, table in TABLES[dialect].items()} == listed


def test_all_listed_dialects_have_tables() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {*TABLES}


def test_the_default_reducers_handle_every_dialect() -> None:
    created = {"event": "thread.message.created", "data": {"id": "m1", "run_id": "run_1"}}
    answered = {
        "event": "response.output_item.added",
        "data": {"output_index": 0, "item": {"id": "m2", "type": "message"}},
        "run": {"id": "run_1"},
    }
    ended = {"event": "relay.run", "data": {"id": "run_1", "status": "completed"}}

    thread = replay([created, answered, ended])
    runs = replay([answered, ended], reduce=reduce_runs)

    assert [message["id"] for message in thread] == ["m2", "m1"]
    assert {message["status"] for message in [*thread, *runs]} == {"completed"}


def test_a_dialect_is_a_table() -> None:
    def said(thread: Thread, data: Any, run: Any) -> Thread:
        return [{"id": data, "run": run}, *thread]

    case: Case = said
    own = reducer_for({"said": case})
    events: list[Event] = [
        {"event": "said", "data": "hello", "run": {"id": "run_1"}},
        {"event": "said", "data": "bye"},
        {"event": "sung", "data": "la"},
    ]

    thread = replay(events, [], own)

    assert_type(thread, Thread)
    assert thread == [{"id": "bye", "run": None}, {"id": "hello", "run": {"id": "run_1"}}]


def test_a_thread_begins_empty() -> None:
    thread: Thread = []

    assert replay([]) == []
    assert replay([], thread) is thread


def test_the_messages_of_a_run_have_its_id_or_any_of_its_upstream_ids() -> None:
    thread: Thread = [
        {"id": "m4", "run_id": "run_1"},
        {"id": "m3", "run_id": "up_2"},
        {"id": "m2", "run_id": "up_9"},
        {"id": "m1", "run_id": None},
    ]

    assert messages_of(thread, {"id": "run_1", "upstream_ids": ["up_1", "up_2"]}) == thread[:2]
    assert messages_of(thread, {"id": "up_9"}) == thread[2:3]
    assert messages_of(thread, None) == []
