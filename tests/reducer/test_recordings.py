"""Whole streams, as recorded, beside the lists that their maker says they lead to."""

import copy
import itertools

import pytest

from reducer import reduce, reduce_runs, replay
from tests.reducer.recordings import Recording, recordings
from tests.reducer.rules import shares_what_is_equal

each_recording = pytest.mark.parametrize("recording", recordings(), ids=lambda r: r.name)


@each_recording
def test_after_each_event_the_thread_is_the_recorded_one(recording: Recording) -> None:
    thread = recording.before
    events = zip(recording.events(), recording.each, recording.threads(), strict=True)
    for event, entry, expected in events:
        after = reduce(thread, event)

        assert (after is thread) == (entry is None)
        assert after == expected
        thread = after


@each_recording
def test_a_replay_ends_in_the_recorded_thread(recording: Recording) -> None:
    assert replay(recording.events(), recording.before) == recording.after


@each_recording
def test_a_replay_over_what_it_ended_in_ends_in_it_again(recording: Recording) -> None:
    assert replay(recording.events(), recording.after) == recording.after


@each_recording
def test_a_replay_ends_in_the_recorded_runs(recording: Recording) -> None:
    assert replay(recording.events(), reduce=reduce_runs) == recording.runs


@each_recording
def test_a_message_that_did_not_change_is_the_same_object(recording: Recording) -> None:
    states = itertools.accumulate(recording.events(), reduce, initial=recording.before)

    assert all(itertools.starmap(shares_what_is_equal, itertools.pairwise(states)))


@each_recording
def test_what_is_given_is_never_changed(recording: Recording) -> None:
    before, events = copy.deepcopy(recording.before), recording.events()

    for count in range(0, len(events), 97):
        replay(events[:count], recording.before)
        replay(events[:count], reduce=reduce_runs)

    assert recording.before == before
    assert events == recording.events()
