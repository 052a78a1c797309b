"""All that the relay can refuse: a status for HTTP, a code for programs, words for people."""

from collections.abc import Mapping
from typing import Any, ClassVar


class RelayError(Exception):
    """Becomes OpenAI's error body, `{"error": {"message", "type", "param", "code"}}`."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str | None] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param

    @property
    def in_short(self) -> str:
        """For a log: without the words of an upstream, which may quote what was said."""
        return str(self)

    @property
    def http_status(self) -> int:
        return self.status

    @property
    def headers(self) -> dict[str, str]:
        return {}

    def to_json(self) -> dict[str, Any]:
        return {
            "error": {
                "message": "; ".join([str(self), *getattr(self, "__notes__", ())]),
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


class SettingsError(RelayError):
    """A wrong setting; the message is one line that names it."""


class RecordingError(RelayError):
    """A file that is no recording; the message names the file and the line."""


class FrameTooLarge(RelayError):
    """An upstream frame beyond the limit, in bytes."""

    status = 502
    code = "frame_too_large"

    def __init__(self, max_frame_bytes: int) -> None:
        super().__init__(f"the upstream sent a frame of more than {max_frame_bytes} bytes")


class BadRequest(RelayError):
    status = 400
    type = "invalid_request_error"
    code = "invalid_request"


class NotFound(RelayError):
    status = 404
    type = "invalid_request_error"
    code = "not_found"


class Forbidden(RelayError):
    """A page of another site, or a name that is not the relay's."""

    status = 403
    type = "invalid_request_error"
    code = "forbidden"


class WrongMediaType(RelayError):
    status = 415
    type = "invalid_request_error"
    code = "unsupported_media_type"


class BodyTooLarge(RelayError):
    status = 413
    type = "invalid_request_error"
    code = "body_too_large"


class BodyTooSlow(RelayError):
    status = 408
    type = "invalid_request_error"
    code = "body_too_slow"


class ThreadBusy(RelayError):
    status = 409
    type = "invalid_request_error"
    code = "thread_busy"


class Conflict(RelayError):
    """The run is not in a state in which this can be asked."""

    status = 409
    type = "invalid_request_error"
    code = "conflict"


class KeyReused(RelayError):
    status = 422
    type = "invalid_request_error"
    code = "idempotency_key_reused"


class QueueFull(RelayError):
    status = 429
    type = "invalid_request_error"
    code = "queue_full"


class TooManyKeys(RelayError):
    """No more Idempotency-Keys are remembered, and to forget one could start a run twice."""

    status = 429
    type = "invalid_request_error"
    code = "too_many_keys"


class Draining(RelayError):
    status = 503
    code = "draining"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class UpstreamRefused(RelayError):
    """The upstream said no: `upstream_status` and its error object, cleaned of keys.

    400, 404 and 429 are passed on with the upstream's words; all others are told as 502 in the
    relay's own, with the upstream's request id.  That a thread is busy is `ThreadBusy`.
    """

    PASSED_ON: ClassVar[frozenset[int]] = frozenset({400, 404, 429})

    def __init__(  # noqa: PLR0913  (the fields of OpenAI's error object)
        self,
        upstream_status: int,
        message: str,
        *,
        type: str | None = None,  # noqa: A002  (OpenAI's name)
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        retry_after: str | None = None,
    ) -> None:
        self.upstream_status = upstream_status
        self.request_id = request_id
        self.retry_after = retry_after
        passed_on = upstream_status in self.PASSED_ON
        own_words = f"the upstream answered {upstream_status}"
        if request_id:
            own_words += f" (request {request_id})"
        super().__init__(message if passed_on else own_words, param=param if passed_on else None)
        self._own_words = own_words
        self._type = type if passed_on else None
        self._code = code if passed_on else "upstream_error"
        self._passed_on = passed_on

    @property
    def in_short(self) -> str:
        return self._own_words

    @property
    def is_passing(self) -> bool:
        """Whether it may say yes when it is asked once more, a little later."""
        return self.upstream_status == 429 or self.upstream_status >= 500  # noqa: PLR2004

    @property
    def http_status(self) -> int:
        return self.upstream_status if self._passed_on else 502

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": self.retry_after} if self.retry_after else {}

    def to_json(self) -> dict[str, Any]:
        body = super().to_json()
        body["error"] |= {"type": self._type or "invalid_request_error", "code": self._code}
        if not self._passed_on:
            body["error"]["type"] = "server_error"
        return body


class UpstreamLost(RelayError):
    """The upstream cannot be reached, is silent for too long, or broke off.

    `unknown` is true where the request may have been carried out all the same; `kind` is one of
    `unreachable`, `timeout`, `silent`, `malformed` and `lost`.
    """

    status = 502
    code = "upstream_lost"

    def __init__(self, message: str, *, unknown: bool = False, kind: str = "lost") -> None:
        super().__init__(message)
        self.unknown = unknown
        self.kind = kind


class StoreFailed(RelayError):
    """What was to be kept was not: the disk is full, the file locked, the server away."""

    status = 503
    code = "store_failed"


class ClaimLost(RelayError):
    """Another relay drives the thread: this one was silent for too long."""

    status = 503
    code = "claim_lost"


class ForwardedError(RelayError):
    """What another relay refused, in its own words."""

    def __init__(
        self, http_status: int, body: Mapping[str, Any], headers: dict[str, str], *, unknown: bool
    ) -> None:
        super().__init__(str(body["error"]["message"]), param=body["error"]["param"])
        self._http_status = http_status
        self._body = body
        self._headers = headers
        self.unknown = unknown

    @property
    def http_status(self) -> int:
        return self._http_status

    @property
    def headers(self) -> dict[str, str]:
        return self._headers

    def to_json(self) -> dict[str, Any]:
        return dict(self._body)


class StartUnknown(RelayError):
    """The upstream was asked to start a run, and whether it did cannot be told."""

    status = 502
    code = "start_unknown"


class TooManyFollowers(RelayError):
    status = 503
    code = "too_many_followers"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class TooManyThreads(RelayError):
    status = 503
    code = "too_many_threads"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}
