"""What `response.*` frames say about the run that they belong to."""

from collections.abc import Mapping
from typing import Any

import pytest

from relay.frames import data_of, name_of
from relay.upstreams.responses_dialect import response_says

from .response_frames import (
    CALL,
    COMPLETED,
    CREATED,
    FAILURE,
    MESSAGE,
    Events,
    added,
    done,
    heard,
    new_dialect,
    response,
)

# The last of these events, and what it says.
SAYS: dict[str, tuple[Events, dict[str, Any]]] = {
    "a response begins": (
        [CREATED],
        {"upstream_id": "resp_1", "status": "in_progress", "begins": True},
    ),
    "a response is queued": (
        [("response.queued", response("queued"))],
        {"upstream_id": "resp_1", "status": "in_progress"},
    ),
    "a response completes": (
        [CREATED, done(MESSAGE), COMPLETED],
        {"upstream_id": "resp_1", "status": "completed"},
    ),
    "the status decides, not the name": (
        [("response.completed", response("incomplete", incomplete_details={"reason": "steered"}))],
        {
            "upstream_id": "resp_1",
            "status": "incomplete",
            "incomplete_details": {"reason": "steered"},
        },
    ),
    "the name decides where the status was not kept": (
        [("response.completed", response("in_progress"))],
        {"upstream_id": "resp_1", "status": "completed"},
    ),
    "the name decides where there is no status": (
        [("response.cancelled", {"response": {}})],
        {"status": "cancelled"},
    ),
    "a response fails": (
        [("response.failed", response("failed", error=FAILURE, usage={"total_tokens": 3}))],
        {
            "upstream_id": "resp_1",
            "status": "failed",
            "last_error": FAILURE,
            "usage": {"total_tokens": 3},
        },
    ),
    "a failure says no more than the error before it": (
        [("error", FAILURE), ("response.failed", response("failed", error=None))],
        {"upstream_id": "resp_1", "status": "failed", "last_error": FAILURE},
    ),
    "a failure says more than the error before it": (
        [("error", {}), ("response.failed", response("failed", error=FAILURE))],
        {"upstream_id": "resp_1", "status": "failed", "last_error": FAILURE},
    ),
    "an error, flat": (
        [("error", {"type": "error", "code": None, "message": "Sorry.", "param": None})],
        {"status": "failed", "last_error": FAILURE},
    ),
    "an error, nested": (
        [("error", {"type": "error", "error": {"type": "server_error", "message": "Sorry."}})],
        {"status": "failed", "last_error": FAILURE},
    ),
    "an error without a name": (
        [("message", {"error": {"code": 502, "message": "Sorry."}})],
        {"status": "failed", "last_error": FAILURE},
    ),
    "an error that says nothing": (
        [("error", None)],
        {
            "status": "failed",
            "last_error": {"code": "server_error", "message": "the upstream failed"},
        },
    ),
    "nothing follows": ([COMPLETED, ("message", "[DONE]")], {"done": True}),
    "nothing follows, to whoever reads JSON only": ([COMPLETED, ("", None)], {"done": True}),
    "words before the end say nothing": ([CREATED, ("message", "still there")], {}),
    "a name that nobody knows": ([("response.melody.delta", {"delta": "la"})], {}),
    "an id that is no id": (
        [("response.created", {"response": {"id": "../files", "status": "queued"}})],
        {"status": "in_progress", "begins": True},
    ),
    "ids that change": (
        [CREATED, ("response.in_progress", {"response": {"id": "resp_2"}})],
        {"upstream_id": "resp_1", "status": "in_progress"},
    ),
    "the next response of the stream": (
        [CREATED, COMPLETED, ("response.created", {"response": {"id": "resp_2"}})],
        {"upstream_id": "resp_2", "status": "in_progress", "begins": True},
    ),
}

ABSURD: list[Any] = [
    None, [], "", 1, True, {}, {"response": []}, {"response": {"id": 1, "status": [], "output": 1}},
    {"response": {"status": "completed", "output": [None, {"type": 1}]}},
    {"item": None, "output_index": 0}, {"item": {}, "output_index": "0"},
    {"item": {"type": "function_call", "call_id": 1}, "output_index": 0},
    {"item": {"type": {}, "environment": 3, "call_id": []}, "output_index": 10**400},
    {"error": {"code": [], "message": {}}}, {"sequence_number": -1}, {"sequence_number": "1"},
]  # fmt: skip

NAMES = [
    "response.created", "response.queued", "response.in_progress", "response.output_item.added",
    "response.output_item.done", "response.completed", "response.incomplete", "response.failed",
    "response.cancelled", "error", "message", "done", "",
]  # fmt: skip


@pytest.mark.parametrize(("events", "says"), SAYS.values(), ids=SAYS)
def test_a_frame_says_what_the_relay_calls_it(events: Events, says: dict[str, Any]) -> None:
    assert heard(events) == says


def test_finished_items_are_told_with_their_places_oldest_first() -> None:
    dialect = new_dialect()
    next_one = ("response.created", {"response": {"id": "resp_2"}})

    heard([CREATED, done(CALL, 1), done(MESSAGE), COMPLETED, next_one, done(MESSAGE)], dialect)

    assert [(one["response_id"], one["output_index"], one["item"]) for one in dialect.items] == [
        ("resp_1", 0, MESSAGE),
        ("resp_1", 1, CALL),
        ("resp_2", 0, MESSAGE),
    ]


def test_an_item_keeps_the_id_that_it_was_added_with() -> None:
    dialect = new_dialect()

    heard([CREATED, added({"id": "msg_0"}), done(MESSAGE), done(MESSAGE)], dialect)

    assert [one["item"]["id"] for one in dialect.items] == ["msg_0"]


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ({"sequence_number": 0}, 0),
        ({"sequence_number": 7}, 7),
        ({"sequence_number": True}, None),
        ({"sequence_number": 1.0}, None),
        ({"sequence_number": -1}, None),
        ({}, None),
        (None, None),
    ],
)
def test_frames_are_counted_where_they_are(data: Any, number: int | None) -> None:
    assert new_dialect().number(data) == number


@pytest.mark.parametrize("data", ABSURD, ids=lambda data: repr(data)[:60])
def test_nothing_that_a_frame_may_hold_is_an_error(data: Any) -> None:
    dialect = new_dialect()

    told = [dialect.read(name, data) for name in (*NAMES, *NAMES)]

    assert all(isinstance(said, Mapping) for said in told)
    assert dialect.number(data) is None


def test_tokens_are_not_looked_into() -> None:
    dialect = new_dialect()
    frame = b'event: response.output_text.delta\ndata: {"delta":"bee"}'

    assert not dialect.tells(name_of(frame))
    assert dialect.read(name_of(frame).decode(), data_of(frame)) == {}


def test_a_status_that_nobody_knows_is_none() -> None:
    assert response_says({"id": "resp_1", "status": "melting"}) == {"upstream_id": "resp_1"}
