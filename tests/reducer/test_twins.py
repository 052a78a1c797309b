"""Both languages give the same answer, whatever comes."""

import base64
import copy
import itertools
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reducer import (
    Event,
    Thread,
    current_run,
    read_events,
    reduce,
    reduce_runs,
    replay,
    thread_from_items,
)
from tests.reducer import answers
from tests.reducer.rules import canonical

SCRIPT = Path(__file__).parents[1] / "web/fold.mjs"
BEFORE: Thread = [
    {"id": "m2", "status": "in_progress", "run_id": "up_1", "content": []},
    {
        "id": "x1",
        "status": "in_progress",
        "run_id": "run_1",
        "response_id": "r1",
        "output_index": 0,
        "content": [],
    },
    {"id": "m1"},
]

# Asks the reducer in JavaScript.
Twin: TypeAlias = Callable[[Any], Any]

several = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    """One Node process for all questions: a line of JSON each, and a line for an answer."""
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        questions, answers = process.stdin, process.stdout

        def ask(question: Any) -> Any:
            questions.write(json.dumps(question).encode() + b"\n")
            questions.flush()
            return json.loads(answers.readline())

        yield ask
        questions.close()


def lists(reduce: Callable[..., Any], before: Any, events: Sequence[Event]) -> list[Any]:
    """The list after each event, None where it is the very same."""
    states = [before]
    for event in events:
        states.append(reduce(states[-1], event))
    return [None if after is there else after for there, after in itertools.pairwise(states)]


@given(stream=answers.streams_of_both | answers.only_answers)
@several
def test_the_lists_are_the_same_after_every_event(twin: Twin, stream: list[Event]) -> None:
    given_stream = copy.deepcopy(stream)

    answer = twin({"before": BEFORE, "events": stream})

    assert canonical(answer) == canonical(
        {
            "thread": lists(reduce, BEFORE, stream),
            "runs": lists(reduce_runs, [], stream),
            "run": lists(current_run, None, stream),
            "replayed": replay(stream, BEFORE),
        }
    )
    assert stream == given_stream


@given(items=answers.conversations, runs=answers.writers)
@several
def test_the_items_of_a_conversation_give_the_same_list(
    twin: Twin, items: list[Any], runs: list[Any]
) -> None:
    sent = json.loads(json.dumps({"items": items, "by": runs}))
    given_items = copy.deepcopy(sent)

    answer = twin(sent)

    assert canonical(answer) == canonical(thread_from_items(sent["items"], sent["by"]))
    assert sent == given_items


LINES = [
    "data: 1", "data:", "data: [DONE]", 'data: {"a": 1e999}', "data: " + "[" * 201, "event: a",
    "id: 7", "id", ": x", "", "", 'data: "\\ud83d"', "data: é😀\u2028", "\ufeff",
    "event: relay.run",
    'data: {"id": "run_1", "status": "in_progress"}', 'data: {"id": "run_1", "status": "failed"}',
    'data: {"type": "b"}', "data: " + "9" * 309, "data: NaN", "data: null" + " " * 200,
]  # fmt: skip
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r"])
lines = st.tuples(st.sampled_from(LINES).map(str.encode) | st.binary(max_size=6), ENDS).map(
    b"".join
)


@given(stream=st.lists(lines, max_size=12).map(b"".join), data=st.data())
@several
def test_the_readers_give_the_same_events(twin: Twin, stream: bytes, data: st.DataObject) -> None:
    edges = st.lists(st.integers(0, len(stream)), max_size=4).map(sorted)
    cuts = [[0, *data.draw(edges), len(stream)] for _ in range(2)]
    chunks = [[stream[a:b] for a, b in itertools.pairwise(edge)] for edge in cuts]

    events = [list(read_events(one)) for one in chunks]
    encoded = [base64.b64encode(chunk).decode() for chunk in chunks[0]]
    answer = twin({"chunks": encoded})

    assert events[0] == events[1]
    assert canonical(answer) == canonical(events[0])
