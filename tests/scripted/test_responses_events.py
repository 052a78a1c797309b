"""Every event of every script is one that OpenAI's SDK knows, but where the script says else."""

from collections.abc import Mapping

import pytest
from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from .events import Event
from .responses.moves import Script
from .responses.playing import play
from .responses.scripts import SCRIPTS
from .sdk_types import is_known

EVENT: TypeAdapter[BaseModel] = TypeAdapter(ResponseStreamEvent)

# What the wire has and the types have not.
NOT_IN_TYPES = {
    "response": {"frequency_penalty", "presence_penalty", "store"},
    "custom_tool_call": {"status"},
}

# Which events of which script are about things that the SDK does not know.
UNKNOWN: Mapping[str, set[str]] = {
    "apply-patch": {
        "response.apply_patch_call_operation_diff.delta",
        "response.apply_patch_call_operation_diff.done",
    },
    # The real error is nested; the type describes a flat one.
    "error-nested": {"error"},
    "cancelled": {"response.cancelled"},
    "kept-alive": {"keepalive"},
    "unknown-things": {
        "response.mood.changed",
        "constructor",
        "__proto__",
        "response.applauded",
        "response.melody_call.humming",
        # With an item of a type that nobody knows.
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    },
}

# Nobody speaks here.
SILENT = {
    "response.audio.delta",
    "response.audio.done",
    "response.audio.transcript.delta",
    "response.audio.transcript.done",
}

each_script = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
# The types of all events have a number.
each_numbered_script = pytest.mark.parametrize(
    "script", [script for script in SCRIPTS.values() if not script.accent or script.accent.numbers]
)


def events_of(script: Script) -> list[Event]:
    """All events of all its responses."""
    told = [event for response in play(script) for event in response.events]
    return [event for event in told if event.data != "[DONE]"]


@each_numbered_script
def test_the_sdk_knows_every_event_that_is_not_meant_to_be_new(script: Script) -> None:
    events = events_of(script)

    unknown = {event.name for event in events if not is_known(EVENT, event.data, NOT_IN_TYPES)}

    assert unknown == UNKNOWN.get(script.id, set())


def test_without_numbers_the_events_are_as_with_them() -> None:
    events = [
        {**event.data, "sequence_number": number}
        for number, event in enumerate(events_of(SCRIPTS["no-numbers"]))
        if "sequence_number" not in event.data
    ]

    known = [is_known(EVENT, event, NOT_IN_TYPES) for event in events]

    assert len(events) == len(events_of(SCRIPTS["no-numbers"]))
    assert all(known)


@each_script
def test_an_event_is_named_like_its_type(script: Script) -> None:
    events = [event for event in events_of(script) if event.data is not None]

    assert [event.data["type"] for event in events] == [event.name for event in events]


@each_numbered_script
def test_events_are_numbered_from_nought_without_a_gap(script: Script) -> None:
    for response in play(script):
        numbers = {
            place: event.data["sequence_number"]
            for place, event in enumerate(response.events)
            if isinstance(event.data, dict)
        }

        assert numbers == {place: place for place in numbers}


@each_script
def test_each_response_begins_and_ends_once(script: Script) -> None:
    for response in play(script):
        names = [event.name for event in response.events]

        assert names[:3] == ["response.created", "response.queued", "response.in_progress"]
        assert [event.is_last for event in response.events].index(True) == len(names) - 1
        assert not response.is_active


@each_script
def test_what_is_finished_has_no_places_for_more(script: Script) -> None:
    conversation = play(script)[-1].conversation

    assert conversation
    parts = [part for message in conversation.shown() for part in message["content"]]

    assert all("index" not in part for part in parts)


def test_together_the_scripts_send_every_event_that_the_sdk_knows() -> None:
    sent = {event.name for script in SCRIPTS.values() for event in events_of(script)}

    known = {
        model.model_fields["type"].annotation.__args__[0]
        for model in ResponseStreamEvent.__origin__.__args__  # type: ignore[attr-defined]
    }

    assert known - sent == SILENT


def test_the_long_answer_has_more_than_a_thousand_deltas() -> None:
    names = [event.name for event in events_of(SCRIPTS["long-answer"])]

    assert names.count("response.output_text.delta") == 1_200


def test_a_character_is_cut_in_two_and_joined_again() -> None:
    [response] = play(SCRIPTS["unicode"])
    deltas = [event.data["delta"] for event in response.events if event.name.endswith(".delta")]

    [message] = response.output

    assert any(delta.endswith("\ud83e") for delta in deltas)
    assert "two halves: 🦊 and" in message["content"][0]["text"]


def test_new_names_are_new_with_each_event() -> None:
    events = events_of(SCRIPTS["new-names"])

    names = [event.data["item_id"] for event in events if "item_id" in event.data]
    responses = [event.data["response"]["id"] for event in events if "response" in event.data]

    assert len({*names}) == len(names) > 20
    assert len({*responses}) == len(responses)


def test_the_second_of_two_at_once_is_done_first() -> None:
    events = events_of(SCRIPTS["interleaved"])

    done = [event.data["output_index"] for event in events if event.name.endswith("item.done")]

    assert done == [1, 0]
