"""Errors in OpenAI's words."""

from typing import Any

from aiohttp import web

from .parts import Json
from .runs import Run
from .threads import Thread


class Refused(Exception):
    """What OpenAI says instead of an answer."""

    def __init__(
        self, status: int, message: str, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(message, code, param)


def error_body(
    message: str, code: str | None = None, param: str | None = None, kind: str | None = None
) -> Json:
    kind = kind or "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def wrong_key(key: str) -> Refused:
    # OpenAI shows both ends of the key that it was given.
    shown = f"{key[:6]}{'*' * 12}{key[-4:]}"
    return Refused(401, f"Incorrect API key provided: {shown}.", "invalid_api_key")


def no_beta() -> Refused:
    return Refused(
        400,
        "You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again "
        "by setting the header 'OpenAI-Beta: assistants=v2'.",
        "invalid_beta",
    )


def unknown(noun: str, name: str) -> Refused:
    return Refused(404, f"No {noun} found with id '{name}'.")


def no_such_file(name: str) -> Refused:
    return Refused(404, f"No such File object: {name}", param="id")


def no_such_url(status: int, method: str, path: str) -> Refused:
    return Refused(status, f"Invalid URL ({method} {path})")


def missing(param: str) -> Refused:
    return Refused(
        400, f"Missing required parameter: '{param}'.", "missing_required_parameter", param
    )


def invalid(param: str, value: Any) -> Refused:
    return Refused(400, f"Invalid value for '{param}': {value!r}.", "invalid_value", param)


def thread_locked(thread: Thread, run: Run) -> Refused:
    return Refused(400, f"Can't add messages to {thread.id} while a run {run.id} is active.")


def has_active_run(thread: Thread, run: Run) -> Refused:
    return Refused(400, f"Thread {thread.id} already has an active run {run.id}.")


def cannot_cancel(run: Run) -> Refused:
    return Refused(400, f"Cannot cancel run with status '{run.status}'.")


def takes_no_outputs(run: Run) -> Refused:
    return Refused(400, f'Runs in status "{run.status}" do not accept tool outputs.')


def outputs_missing(expected: list[str], given: list[str]) -> Refused:
    return Refused(400, f"Expected tool outputs for call_ids {expected}, got {given}")


def as_response(refused: Refused) -> web.Response:
    return web.json_response(refused.body, status=refused.status)
