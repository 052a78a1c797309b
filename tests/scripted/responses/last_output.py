"""The output as the last event repeats it."""

from typing import Any

from ..parts import Json
from .response import Response


def last_output(response: Response) -> list[Json]:
    if not response.accent.repeats_output:
        return []
    return _rounded(response.output) if response.accent.rounds else response.output


def _rounded(value: Any) -> Any:
    """Ciphers are made anew, and logarithms have fewer digits."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _ROUND.get(key, _rounded)(item) for key, item in value.items()}
    return value


def _cipher(text: str) -> str:
    return text[::-1]


def _logarithm(number: float) -> float:
    return round(number, 2)


_ROUND: dict[str, Any] = {"encrypted_content": _cipher, "logprob": _logarithm}
