"""Whether two JSON values are equal, as every language would say it."""

from typing import Any, Final

from .shape import is_object

_NUMBER: Final = (int, float)


def same(one: Any, other: Any) -> bool:
    """Compare two JSON values, however deep they are."""
    if _same_scalar(one, other):
        return True
    # A list of what is left to compare, since recursion ends at some depth.
    pairs = [(one, other)]
    while pairs:
        a, b = pairs.pop()
        if is_object(a) and is_object(b) and a.keys() == b.keys():
            pairs.extend((a[name], b[name]) for name in a)
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            pairs.extend(zip(a, b, strict=True))
        elif not _same_scalar(a, b):
            return False
    return True


def _same_scalar(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if isinstance(a, str):
        return bool(a == b)
    # 1 and 1.0 are one number; 1 and true are not, though Python says so.
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    return isinstance(a, _NUMBER) and isinstance(b, _NUMBER) and bool(a == b)
