"""Whether two JSON values are equal, as every language would say it."""

from typing import Any


def same(one: Any, other: Any) -> bool:
    """Compare two JSON values, however deep they are."""
    # A list of what is left to compare, since recursion ends at some depth.
    pairs = [(one, other)]
    while pairs:
        a, b = pairs.pop()
        if a is b:
            continue
        if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
            pairs.extend((a[name], b[name]) for name in a)
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            pairs.extend(zip(a, b, strict=True))
        elif not _same_scalar(a, b):
            return False
    return True


def _same_scalar(a: Any, b: Any) -> bool:
    # 1 and 1.0 are one number in JSON; 1 and true are not, though Python says so.
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    return isinstance(a, str | int | float) and isinstance(b, str | int | float) and bool(a == b)
