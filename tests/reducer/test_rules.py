"""Each rule of the reducer, one case at a time."""

import copy
import itertools

import pytest

from reducer import Run, Runs, current_run, reduce, reduce_runs, replay, thread_from_items
from reducer.response import response_id_of
from tests.reducer.rules import Json, canonical, cases, shares_what_is_equal

THREAD = cases("thread")
RUNS = cases("runs")
RUN = cases("run")
RESPONSE = cases("response")
LIST = cases("list")
NONE: Runs = []

each_thread_case = pytest.mark.parametrize("case", THREAD.values(), ids=THREAD)
each_runs_case = pytest.mark.parametrize("case", RUNS.values(), ids=RUNS)
each_run_case = pytest.mark.parametrize("case", RUN.values(), ids=RUN)
each_response_case = pytest.mark.parametrize("case", RESPONSE.values(), ids=RESPONSE)
each_list_case = pytest.mark.parametrize("case", LIST.values(), ids=LIST)


@each_thread_case
def test_after_each_event_the_thread_is_what_the_rule_says(case: Json) -> None:
    thread = case["before"]
    for event, expected in zip(case["events"], case["thread"], strict=True):
        after = reduce(thread, event)

        assert after is thread if expected is None else canonical(after) == canonical(expected)
        thread = after


@each_runs_case
def test_after_each_event_the_runs_are_what_the_rule_says(case: Json) -> None:
    runs: Json = []
    for event, expected in zip(case["events"], case["runs"], strict=True):
        after = reduce_runs(runs, event)

        assert after is runs if expected is None else canonical(after) == canonical(expected)
        runs = after


@each_run_case
def test_after_each_event_the_current_run_is_what_the_rule_says(case: Json) -> None:
    run: Run | None = None
    for event, expected in zip(case["events"], case["run"], strict=True):
        run = current_run(run, event)

        assert (run and run["id"]) == expected


@each_response_case
def test_after_each_event_the_run_is_at_the_response_that_the_rule_says(case: Json) -> None:
    run: Run | None = None
    for event, expected in zip(case["events"], case["response"], strict=True):
        run = current_run(run, event)

        assert response_id_of(run) == expected


@each_list_case
def test_the_items_of_a_conversation_are_the_list_that_the_rule_says(case: Json) -> None:
    given = copy.deepcopy(case)

    thread = thread_from_items(given["items"], given["by"])

    assert canonical(thread) == canonical(case["list"])
    assert given == case


@each_thread_case
def test_a_message_that_did_not_change_is_the_same_object(case: Json) -> None:
    states = itertools.accumulate(case["events"], reduce, initial=case["before"])

    assert all(itertools.starmap(shares_what_is_equal, itertools.pairwise(states)))


@each_runs_case
def test_a_run_that_did_not_change_is_the_same_object(case: Json) -> None:
    states = itertools.accumulate(case["events"], reduce_runs, initial=NONE)

    assert all(itertools.starmap(shares_what_is_equal, itertools.pairwise(states)))


@each_thread_case
def test_what_is_given_is_never_changed(case: Json) -> None:
    given = copy.deepcopy(case)

    list(itertools.accumulate(given["events"], reduce, initial=given["before"]))
    list(itertools.accumulate(given["events"], reduce_runs, initial=NONE))

    assert given == case


@each_thread_case
def test_a_replay_ends_where_its_events_lead_one_by_one(case: Json) -> None:
    *_, last = itertools.accumulate(case["events"], reduce, initial=case["before"])

    assert replay(case["events"], case["before"]) == last


def test_a_run_keeps_what_its_later_frames_do_not_say() -> None:
    run = {"id": "run_1", "status": "in_progress", "response_id": "resp_1"}
    event = {"event": "relay.run", "data": {"id": "run_1", "status": "requires_action"}}

    assert current_run(run, event) == {**run, "status": "requires_action"}
