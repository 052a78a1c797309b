"""Which calls a run waits for: those that only the client can answer."""

from typing import Any

import pytest

from relay.upstreams.responses_calls import declared_by

from .response_frames import (
    CALL,
    COMPLETED,
    CREATED,
    MESSAGE,
    OUTPUT,
    Events,
    added,
    done,
    heard,
    response,
)

# Whether a run waits that ends like this.
WAITS: dict[str, tuple[Events, bool]] = {
    "a call": ([CREATED, done(CALL), COMPLETED], True),
    "a call of a stream that was resumed": ([done(CALL), COMPLETED], True),
    "a call with its output": ([CREATED, done(CALL), done(OUTPUT, 1), COMPLETED], False),
    "an output out of order": ([CREATED, done(CALL, 1), done(OUTPUT), COMPLETED], False),
    "an undeclared function": ([CREATED, done({**CALL, "name": "g"}), COMPLETED], False),
    "a call of a response before": (
        [CREATED, done(CALL), COMPLETED, CREATED, done(MESSAGE), COMPLETED],
        False,
    ),
    "a call that a program made": (
        [CREATED, done({**CALL, "caller": {"type": "program", "caller_id": "p"}}), COMPLETED],
        True,
    ),
    "a call that was never said to be done": (
        [CREATED, added(CALL), ("response.completed", response("completed", output=[CALL]))],
        True,
    ),
    "a call that is in the end alone": (
        [CREATED, ("response.completed", response("completed", output=[MESSAGE, CALL]))],
        True,
    ),
    "a call of a response that was cut short": (
        [CREATED, done(CALL), ("response.incomplete", response("incomplete"))],
        False,
    ),
    "a call without an id": ([CREATED, done({**CALL, "call_id": None}), COMPLETED], False),
    "a request for approval": (
        [CREATED, done({"type": "mcp_approval_request", "id": "mcpr_1"}), COMPLETED],
        True,
    ),
    "a request that a call followed": (
        [
            CREATED,
            done({"type": "mcp_approval_request", "id": "mcpr_1"}),
            done({"type": "mcp_call", "id": "mcp_1", "approval_request_id": "mcpr_1"}, 1),
            COMPLETED,
        ],
        False,
    ),
}

# Tools, a call, and whether the client is to answer it.
DECLARED: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "a shell without an environment": (
        {"type": "shell"}, {"type": "shell_call", "environment": None}, True),
    "a shell at the client": (
        {"type": "shell", "environment": {"type": "local"}},
        {"type": "shell_call", "environment": {"type": "local"}}, True),
    "a shell at the server": (
        {"type": "shell", "environment": {"type": "container_auto"}},
        {"type": "shell_call", "environment": {"type": "container_reference"}}, False),
    "a shell at the server that does not say so": (
        {"type": "shell", "environment": {"type": "container_auto"}},
        {"type": "shell_call", "environment": None}, False),
    "a search at the server": (
        {"type": "tool_search"}, {"type": "tool_search_call", "execution": "server"}, False),
    "a search at the client": (
        {"type": "tool_search", "execution": "client"},
        {"type": "tool_search_call", "execution": "client"}, True),
    "a function that a search has found": (
        {"type": "tool_search", "execution": "client"},
        {"type": "function_call", "name": "found"}, True),
    "a function in a namespace": (
        {"type": "namespace", "tools": [{"type": "function", "name": "f"}]},
        {"type": "function_call", "name": "f", "namespace": "n"}, True),
    "a patch": ({"type": "apply_patch"}, {"type": "apply_patch_call"}, True),
    "a patch that nobody declared": ({"type": "shell"}, {"type": "apply_patch_call"}, False),
    "a screen": ({"type": "computer_use_preview"}, {"type": "computer_call"}, True),
    "a custom tool": ({"type": "custom", "name": "c"},
                      {"type": "custom_tool_call", "name": "c"}, True),
    "a function of that name": ({"type": "custom", "name": "c"},
                                {"type": "function_call", "name": "c"}, False),
    "a search of the web": ({"type": "web_search"}, {"type": "web_search_call"}, False),
    "what nobody knows": ({"type": "melody"}, {"type": "melody_call"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("events", "waits"), WAITS.values(), ids=WAITS)
def test_a_run_waits_for_calls_that_only_the_client_can_answer(
    events: Events, *, waits: bool
) -> None:
    told = heard(events)

    assert (told["status"] == "requires_action") == waits
    assert ("required_action" in told) == waits


@pytest.mark.parametrize(("tool", "call", "is_clients"), DECLARED.values(), ids=DECLARED)
def test_the_assistant_says_what_its_client_runs(
    tool: dict[str, Any], call: dict[str, Any], *, is_clients: bool
) -> None:
    declared = declared_by({"tools": [tool]})

    assert declared(call) == is_clients


def test_tools_that_a_stored_prompt_brings_are_the_clients() -> None:
    declared = declared_by({"prompt": {"id": "pmpt_1"}})

    assert declared(CALL)
    assert declared({"type": "apply_patch_call"})


def test_a_call_that_a_program_made_says_so_in_what_is_required() -> None:
    caller = {"type": "program", "caller_id": "prog_1"}

    told = heard([CREATED, done({**CALL, "caller": caller}), COMPLETED])

    [call] = told["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert call["caller"] == caller
