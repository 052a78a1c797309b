"""Text that comes in pieces."""

from typing import Any


def append(text: Any, more: Any) -> Any:
    """Text continues text; what is not text continues nothing."""
    if not isinstance(more, str):
        return text
    if not isinstance(text, str):
        return more
    if starts_with_half(more) and "\ud800" <= text[-1:] <= "\udbff":
        # JSON may cut a character beyond the basic plane into two surrogates.  JavaScript strings
        # join them by themselves.
        pair = (text[-1] + more[0]).encode("utf-16", "surrogatepass").decode("utf-16")
        return text[:-1] + pair + more[1:]
    return text + more if more else text


def starts_with_half(text: str) -> bool:
    """Whether the first character is the second half of a surrogate pair."""
    return "\udc00" <= text[:1] <= "\udfff"
