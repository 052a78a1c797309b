"""Every event of every script is one that OpenAI's SDK knows, but where the script says else."""

from collections.abc import Mapping

import pytest
from openai.types.beta import AssistantStreamEvent
from pydantic import BaseModel, TypeAdapter

from .moves import Script
from .playing import play
from .scripts import SCRIPTS
from .sdk_types import is_known

EVENT: TypeAdapter[BaseModel] = TypeAdapter(AssistantStreamEvent)

# The wire says `expires_at` of a step where the SDK's type says `expired_at`.
NOT_IN_TYPES = {"thread.run.step": {"expires_at"}}

RUN = {f"thread.run.{status}" for status in ("created", "queued", "in_progress", "completed")}
TOOL = {"thread.run.step.delta", "thread.run.step.completed"}
ENDED = {"thread.message.completed"}

# Which events of which script are about things that the SDK does not know.
UNKNOWN: Mapping[str, set[str]] = {
    "url-citation": {*RUN, *TOOL, *ENDED, "thread.message.delta"},
    "unknown-things": {
        *RUN,
        *TOOL,
        *ENDED,
        "thread.message.delta",
        "thread.mood.changed",
        "constructor",
        "__proto__",
        "thread.message.applauded",
        "thread.run.paused",
    },
    # The real error is nested; the type describes a flat one.
    "error-midstream": {"error"},
}

each_script = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)


@each_script
def test_the_sdk_knows_every_event_that_is_not_meant_to_be_new(script: Script) -> None:
    _, events = play(script)

    unknown = {
        event.name
        for event in events
        if event.name != "done"
        and not is_known(EVENT, {"event": event.name, "data": event.data}, NOT_IN_TYPES)
    }

    assert unknown == UNKNOWN.get(script.id, set())


@each_script
def test_a_stream_ends_with_done_unless_it_breaks(script: Script) -> None:
    run, events = play(script)

    last = [event.name for event in events if event.is_last]

    assert events[-1].is_last
    assert set(last) == ({"error"} if script.id.startswith("error-") else {"done"})
    assert not run.is_active
    assert not run.open_messages


@each_script
def test_messages_are_finished_as_lists_have_them(script: Script) -> None:
    run, _ = play(script)

    parts = [part for message in run.thread.shown() for part in message["content"]]

    assert all("index" not in part for part in parts)


def test_together_the_scripts_send_every_event_that_the_sdk_knows() -> None:
    played = [play(script)[1] for script in SCRIPTS.values()]
    sent = {event.name for events in played for event in events}

    known = {
        field.annotation.__args__[0]
        for model in AssistantStreamEvent.__origin__.__args__  # type: ignore[attr-defined]
        if (field := model.model_fields["event"])
    }

    # A thread is told of where it is made together with its run, which no script can do.
    assert known - sent == {"thread.created"}


def test_the_long_answer_has_five_thousand_deltas() -> None:
    _, events = play(SCRIPTS["long-answer"])

    assert [event.name for event in events].count("thread.message.delta") == 5_000


def test_a_character_is_cut_in_two_and_joined_again() -> None:
    run, events = play(SCRIPTS["unicode"])
    values = [
        part["text"]["value"]
        for event in events
        if event.name == "thread.message.delta"
        for part in event.data["delta"]["content"]
    ]

    [text] = [message["content"][0]["text"]["value"] for message in run.thread.shown()[:1]]

    assert any(value.endswith("\ud83d") for value in values)
    assert "two halves: 😀 and" in text
