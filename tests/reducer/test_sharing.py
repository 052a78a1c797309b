"""What did not change is the very object that was there, whatever comes."""

import itertools
from typing import Any

from hypothesis import given, settings

from reducer import Event, Reducer, Thread, reduce, reduce_runs
from tests.reducer import answers
from tests.reducer.rules import canonical, shares_what_is_equal

BEFORE: Thread = [
    {"id": "m2", "status": "in_progress", "run_id": "up_1", "content": []},
    {"id": "m1"},
]


def states(reduce: Reducer, before: Any, events: list[Event]) -> Any:
    return itertools.pairwise(itertools.accumulate(events, reduce, initial=before))


@given(stream=answers.streams_of_both | answers.only_answers)
@settings(max_examples=100, deadline=None)
def test_an_event_that_changes_nothing_gives_the_very_same_list(stream: list[Event]) -> None:
    for before, after in states(reduce, BEFORE, stream):
        assert after is before or canonical(after) != canonical(before)
    for before, after in states(reduce_runs, [], stream):
        assert after is before or canonical(after) != canonical(before)


@given(stream=answers.streams_of_both | answers.only_answers)
@settings(max_examples=100, deadline=None)
def test_what_did_not_change_is_the_same_object(stream: list[Event]) -> None:
    assert all(itertools.starmap(shares_what_is_equal, states(reduce, BEFORE, stream)))
    assert all(itertools.starmap(shares_what_is_equal, states(reduce_runs, [], stream)))
