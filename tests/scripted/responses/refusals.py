"""Errors of the Responses API, in OpenAI's words."""

from ..answers import Refused


def not_found(noun: str, name: str) -> Refused:
    return Refused(404, f"{noun} with id '{name}' not found.")


def unknown_parameter(name: str) -> Refused:
    return Refused(400, f"Unknown parameter: '{name}'.", "unknown_parameter", name)


def conversation_locked() -> Refused:
    return Refused(
        400,
        "Another process is currently operating on this conversation. Please retry in a few "
        "seconds.",
        "conversation_locked",
        "conversation",
    )


def two_histories() -> Refused:
    return Refused(
        400,
        "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are "
        "only providing one of: 'previous_response_id' or 'conversation'.",
        "mutually_exclusive_parameters",
    )


def no_output_for(call_id: str) -> Refused:
    return Refused(400, f"No tool output found for function call {call_id}.", param="input")


def no_call_for(call_id: str) -> Refused:
    return Refused(
        400,
        f"No tool call found for function call output with call_id {call_id}.",
        param="input",
    )


def no_approval_request(name: str) -> Refused:
    return Refused(400, f"No MCP approval request found with id '{name}'.", param="input")


def no_background() -> Refused:
    return Refused(400, "Background mode is not supported by this server.", param="background")


def too_old() -> Refused:
    return Refused(
        400,
        "This response can no longer be streamed because it is more than 5 minutes old.",
    )


def was_not_streamed() -> Refused:
    return Refused(400, "This response was not created with stream=true, so it cannot be streamed.")


def cannot_cancel(why: str) -> Refused:
    return Refused(400, f"Cannot cancel a {why} response.")


def too_many_items(count: int) -> Refused:
    return Refused(
        400,
        f"Invalid 'items': array too long. Expected an array with maximum length 20, but got an "
        f"array with length {count} instead.",
        "array_above_max_length",
        "items",
    )
