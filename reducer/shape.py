"""What a JSON value is."""

from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it has fields."""
    return isinstance(value, dict)


def has_id(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it can be told from others of its kind: without an id it has no place in a list."""
    return isinstance(value, dict) and isinstance(value.get("id"), str)
