"""What `thread.*` frames say about the run that they belong to."""

from typing import Any

import pytest

from relay.upstreams.threads_dialect import ThreadsDialect

RUN = {"id": "run_1", "object": "thread.run", "required_action": None, "usage": None}
ACTION = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": []}}
FAILURE = {"code": "server_error", "message": "Sorry."}

SAYS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a run is created": (
        "thread.run.created",
        RUN,
        {"upstream_id": "run_1", "status": "in_progress"},
    ),
    "a run waits": (
        "thread.run.requires_action",
        RUN | {"required_action": ACTION},
        {"upstream_id": "run_1", "status": "requires_action", "required_action": ACTION},
    ),
    "a run fails": (
        "thread.run.failed",
        RUN | {"last_error": FAILURE, "usage": {"total_tokens": 3}},
        {
            "upstream_id": "run_1",
            "status": "failed",
            "last_error": FAILURE,
            "usage": {"total_tokens": 3},
        },
    ),
    "a run is incomplete": (
        "thread.run.incomplete",
        RUN | {"incomplete_details": {"reason": "max_completion_tokens"}},
        {
            "upstream_id": "run_1",
            "status": "incomplete",
            "incomplete_details": {"reason": "max_completion_tokens"},
        },
    ),
    "the name of the event decides": (
        "thread.run.completed",
        RUN | {"status": "in_progress"},
        {"upstream_id": "run_1", "status": "completed"},
    ),
    "the relay itself says that it is cancelling": (
        "thread.run.cancelling",
        RUN | {"status": "cancelling"},
        {"upstream_id": "run_1"},
    ),
    "an error, flat": (
        "error",
        {"code": "server_error", "message": "Sorry.", "param": None, "type": "x"},
        {"status": "failed", "last_error": FAILURE},
    ),
    "an error, nested": (
        "error",
        {"error": {"message": "Sorry.", "type": "server_error", "code": None}},
        {"status": "failed", "last_error": FAILURE},
    ),
    "the end": ("done", "[DONE]", {"done": True}),
    "an id that is none": ("thread.run.expired", RUN | {"id": "../x"}, {"status": "expired"}),
    "a run that is none": ("thread.run.completed", ["what?"], {"status": "completed"}),
    "fields of wrong types": (
        "thread.run.completed",
        {"id": 7, "usage": "much", "last_error": [], "status": {}},
        {"status": "completed"},
    ),
    "an event of something else": ("thread.message.completed", RUN, {}),
}


@pytest.mark.parametrize(("name", "data", "said"), SAYS.values(), ids=SAYS)
def test_a_frame_says(name: str, data: Any, said: dict[str, Any]) -> None:
    assert ThreadsDialect().read(name, data) == said


@pytest.mark.parametrize("data", [None, 1, "text", [], {"error": 1}, {"error": {"code": {}}}])
def test_an_error_of_any_shape_has_a_code_and_a_message(data: Any) -> None:
    said = ThreadsDialect().read("error", data)

    assert said["status"] == "failed"
    assert said["last_error"]["code"] == "server_error"
    assert said["last_error"]["message"]


@pytest.mark.parametrize(
    "name", ["thread.run.created", "thread.run.cancelling", "error", "done", "thread.run.expired"]
)
def test_frames_about_the_run_are_worth_parsing(name: str) -> None:
    assert ThreadsDialect().tells(name.encode())


@pytest.mark.parametrize(
    "name",
    ["thread.run.step.completed", "thread.message.delta", "thread.created", "relay.run", "",
     "response.completed"],
)  # fmt: skip
def test_all_others_are_not(name: str) -> None:
    assert not ThreadsDialect().tells(name.encode())
