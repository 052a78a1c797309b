"""Text that comes in pieces.

JSON may cut a character beyond the basic plane into two surrogates.  When both are there they are
that character again; JavaScript strings do it by themselves.
"""

from collections.abc import Iterable
from typing import Any


def append(text: Any, more: Any) -> Any:
    """Text continues text; what is not text continues nothing."""
    if not isinstance(more, str):
        return text
    if not isinstance(text, str):
        return more
    if "\ud800" <= text[-1:] <= "\udbff" and "\udc00" <= more[:1] <= "\udfff":
        return text[:-1] + joined((text[-1], more[0])) + more[1:]
    return text + more if more else text


def joined(pieces: Iterable[str]) -> str:
    """Pieces in a row are one text."""
    text = "".join(pieces)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
