"""JSON that means the same in every language."""

import json
import math
from typing import Any, Final

# Deeper than any real event, and shallow enough for every parser's stack.
MAX_DEPTH: Final = 200

# A shorter integer is no larger than the largest double.
_SAFE_DIGITS: Final = 308


def parse(text: str) -> Any:
    """Read JSON.  What is not strict JSON, too deep, or has a number beyond a double stays text."""
    try:
        value = _DECODE(text)
    except (ValueError, RecursionError):
        return text
    # Counting is quick, and enough for almost every text.
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value):
        return text
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
    return bool(level)


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _read_integer(digits: str) -> int:
    if len(digits) > _SAFE_DIGITS:
        _read_float(digits)
    return int(digits)


def _read_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


def _refuse(name: str) -> Any:
    raise ValueError(name)


_DECODE: Final = json.JSONDecoder(
    parse_int=_read_integer, parse_float=_read_float, parse_constant=_refuse
).decode
