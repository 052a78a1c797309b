"""Text may take a short way into the newest message, and nobody can tell."""

import copy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reducer import Event, Thread, reduce
from tests.reducer.rules import canonical

RUN = {"id": "run_1", "response_id": "resp_1"}
ABSENT = object()
# What equals another to Python, what is no text, and halves of a character.
ODD = (
    st.sampled_from(
        [ABSENT, None, 0, 1, -1, 0.0, True, False, "", "a", "é", "\ud83d", "\ude00", "completed"]
    )
    | st.builds(list)
    | st.builds(dict)
)


def message(status: str = "in_progress", index: int = 0) -> dict[str, Any]:
    return {
        "id": "m1",
        "status": status,
        "run_id": "run_1",
        "response_id": "resp_1",
        "output_index": 0,
        "content": [{"index": index, "type": "text", "text": {"value": "a", "annotations": []}}],
    }


def of_assistants(piece: str = "b", index: int = 0, **more: str) -> dict[str, Any]:
    part = {"index": index, "type": "text", "text": {"value": piece}} | more
    return {
        "event": "thread.message.delta",
        "data": {"id": "m1", "object": "thread.message.delta", "delta": {"content": [part]}},
    }


def of_responses(piece: str = "b") -> dict[str, Any]:
    data = {"item_id": "m1", "output_index": 0, "content_index": 0, "delta": piece}
    return {"event": "response.output_text.delta", "data": data, "run": RUN}


def objects_in(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [one for entry in inner for one in objects_in(entry)]
    return [value, *found] if isinstance(value, dict) else found


@st.composite
def nearly(draw: st.DrawFn, plain: dict[str, Any]) -> dict[str, Any]:
    """What is plain but for a field or two, one of which may be new; and lists may be doubled."""
    odd = copy.deepcopy(plain)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.sampled_from(objects_in(odd)))
        name = draw(st.sampled_from([*place, "refusal", "role"]))
        value = draw(ODD)
        if isinstance(place.get(name), list) and draw(st.booleans()):
            place[name] = [*place[name], *copy.deepcopy(place[name])]
        elif value is ABSENT:
            place.pop(name, None)
        else:
            place[name] = value
    return odd


@given(
    there=nearly(message()),
    events=st.lists(nearly(of_assistants()) | nearly(of_responses()), min_size=1, max_size=3),
)
@example(there=message(status="incomplete"), events=[of_assistants(), of_responses()])
@example(there=message(), events=[of_assistants(""), of_responses("")])
@example(there=message(), events=[of_assistants(type="x"), of_assistants(refusal="no")])
@example(there=message(index=1), events=[of_assistants(index=1)])
@example(there=message(index=False), events=[of_assistants(), of_assistants(index=False)])
@example(there=message(index=-1), events=[of_assistants(index=-1)])
@settings(max_examples=600, deadline=None)
def test_text_goes_on_alike_in_the_newest_message_and_in_an_older_one(
    there: dict[str, Any], events: list[Event]
) -> None:
    newest: Thread = [there]
    older: Thread = [{"id": "newer", "role": "user"}, there]

    for event in events:
        before, newest, older = newest, reduce(newest, event), reduce(older, event)

        assert canonical(newest) == canonical(older[1:])
        assert (newest is before) == (canonical(newest) == canonical(before))


@pytest.mark.parametrize(
    "event", [of_assistants(), of_responses()], ids=["assistants", "responses"]
)
def test_only_what_grows_is_new(event: Event) -> None:
    older, there = {"id": "m0", "content": []}, {**message(), "metadata": {}}
    there["content"].append({"index": 1, "type": "text", "text": {"value": "c"}})
    kept = copy.deepcopy(there)

    grown, *others = reduce([there, older], event)

    assert there == kept
    assert grown["content"][0]["text"] == {"value": "ab", "annotations": []}
    assert others == [older]
    assert others[0] is older
    assert grown["metadata"] is there["metadata"]
    assert grown["content"][1] is there["content"][1]
