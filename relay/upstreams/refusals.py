"""What OpenAI's SDK and its transport raise, as what the relay raises: without the key."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeAlias

import httpx2
import openai

from ..errors import RelayError, ThreadBusy, UpstreamLost, UpstreamRefused

Cleaner: TypeAlias = Callable[[str], str]

_logger = logging.getLogger(__name__)

_SECRET = re.compile(r"\b(?:sk|sess|ek)-[\w*.-]{3,}|(?<=Bearer )\S+")
_HIDDEN = "[key]"

# A shorter one is no secret but a stand-in, such as "none"; taking it out would maim every text.
_SHORTEST_SECRET = 8

# How an upstream says that a thread is busy, with a 400: in words only, or as a code.
_BUSY = re.compile(r"already has an active run|while a run \S+ is active")
_LOCKED = "conversation_locked"

# Nothing was sent before one of these.
_UNSENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


def cleaner(key: str) -> Cleaner:
    """A function that takes the key, and all that looks like one, out of a text."""

    def clean(text: str) -> str:
        if len(key) >= _SHORTEST_SECRET:
            text = text.replace(key, _HIDDEN)
        return _SECRET.sub(_HIDDEN, text)

    return clean


@contextmanager
def told(clean: Cleaner, what: str, *, starts: bool) -> Iterator[None]:
    """Around one exchange with the upstream.

    `starts` is whether it changes something there, so that a lost answer leaves open what was done.
    """
    try:
        yield
    except openai.APIStatusError as error:
        if starts and error.status_code == HTTPStatus.GATEWAY_TIMEOUT:
            # The word of a gateway: the server behind it may have begun all the same.
            raise _timeout(unknown=True) from None
        raise _refusal(error, clean) from None
    except (openai.OpenAIError, httpx2.HTTPError, TimeoutError) as error:
        cause = error if isinstance(error, httpx2.HTTPError) else error.__cause__
        # The SDK wraps what the transport raised; its own text is the same for all of it.
        _logger.warning("%s: %s", what, clean(f"{type(cause or error).__name__}: {cause or error}"))
        raise _loss(error, cause, starts=starts) from None


def _loss(error: Exception, cause: BaseException | None, *, starts: bool) -> UpstreamLost:
    if isinstance(cause, _UNSENT):
        return UpstreamLost("the upstream cannot be reached", kind="unreachable")
    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
        return _timeout(unknown=starts)
    return UpstreamLost("the connection to the upstream was lost", unknown=starts)


def _timeout(*, unknown: bool) -> UpstreamLost:
    return UpstreamLost("the upstream did not answer in time", unknown=unknown, kind="timeout")


def _refusal(error: openai.APIStatusError, clean: Cleaner) -> RelayError:
    fields = error.body if isinstance(error.body, dict) else {}

    def field(name: str) -> str | None:
        value = fields.get(name)
        return clean(str(value)) if isinstance(value, str | int) else None

    message = field("message") or f"the upstream answered {error.status_code}"
    is_busy = _BUSY.search(message) or field("code") == _LOCKED
    if error.status_code in {400, 409} and is_busy:
        return ThreadBusy(message)
    return UpstreamRefused(
        error.status_code,
        message,
        type=field("type"),
        code=field("code"),
        param=field("param"),
        request_id=_clean_header(error.request_id, clean),
        retry_after=_clean_header(error.response.headers.get("retry-after"), clean),
    )


def _clean_header(value: Any, clean: Cleaner) -> str | None:
    return clean(value)[:128] if isinstance(value, str) else None
