"""JSON that means the same in every language."""

import json
import math
from typing import Any, Final

from .shape import is_object

# Deeper than any real event, and shallow enough for every parser's stack.
_MAX_DEPTH: Final = 200

# With fewer digits an integer is less than the largest double.
_GREAT_DIGITS: Final = 309


def parse(text: str) -> Any:
    """Read JSON.  What is not strict JSON, too deep, or has a number beyond a double stays text."""
    try:
        value = _DECODE(text)
    except (ValueError, RecursionError):
        return text
    # Counting is quick, and enough for almost every text.
    openings = text.count("[") + text.count("{")
    return text if openings > _MAX_DEPTH and _is_too_deep(value) else value


def _is_too_deep(value: Any) -> bool:
    level = _children([value])
    for _ in range(_MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
    return bool(level)


def _children(value: Any) -> list[Any]:
    parts = value.values() if is_object(value) else value
    return [part for part in parts if isinstance(part, dict | list)]


def _bounded(number: float) -> float:
    if math.isinf(number):
        raise ValueError(number)
    return number


_DECODE: Final = json.JSONDecoder(
    # NaN and Infinity are no integers, nor JSON.
    parse_constant=int,
    parse_float=lambda digits: _bounded(float(digits)),
    parse_int=lambda digits: int(
        digits if len(digits) < _GREAT_DIGITS else _bounded(float(digits))
    ),
).decode
