"""Whole streams, as recorded, beside the lists that their maker says they lead to."""

import copy
import itertools

import pytest

from reducer import Message, reduce, reduce_runs, replay, thread_from_items
from tests.reducer.recordings import Recording, recordings
from tests.reducer.rules import shares_what_is_equal

each_recording = pytest.mark.parametrize("recording", recordings(), ids=lambda r: r.name)
each_conversation = pytest.mark.parametrize(
    "recording", [one for one in recordings() if one.items is not None], ids=lambda r: r.name
)

# What nobody tells of a message of a user but who added it.
ADDED = {"created_at", "status"}


def told(message: Message) -> Message:
    """The fields that a conversation and its runs tell."""
    return {
        name: message[name] for name in message if message["role"] != "user" or name not in ADDED
    }


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


@each_conversation
def test_the_items_of_a_conversation_are_the_thread_that_was_watched(recording: Recording) -> None:
    items = recording.items or []
    held = {item["id"] for item in items}
    # A text that was broken off is in no conversation, and one item has another id there.
    watched = [told(message) for message in recording.after if message["id"] in held]
    ids = {message["id"] for message in watched}

    thread = thread_from_items(items, recording.runs)

    assert watched
    assert [told(message) for message in thread if message["id"] in ids] == watched
    assert len(thread) <= len(recording.after)
