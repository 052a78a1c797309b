"""A refusal in the words of an upstream, where the relay keeps what a server would."""

from ..errors import UpstreamRefused


def refused(status: int, message: str, param: str | None = None) -> UpstreamRefused:
    return UpstreamRefused(status, message, type="invalid_request_error", param=param)
