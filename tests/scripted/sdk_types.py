"""Whether OpenAI's SDK knows what the server says, with every field of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

# Fields that the wire has and the SDK's types have not, by the model's `object` or `type`.
NotInTypes = Mapping[str, set[str]]


def is_known(kind: TypeAdapter[BaseModel], data: Any, also: NotInTypes) -> bool:
    try:
        model = kind.validate_python(data)
    except ValidationError:
        return False
    return not [*_unknown_fields(model, also)]


def _unknown_fields(value: Any, also: NotInTypes) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown_fields(item, also)
    if not isinstance(value, BaseModel):
        return
    names = {getattr(value, "object", None), getattr(value, "type", None)}
    known = {field for name in names if name for field in also.get(name, ())}
    yield from set(value.model_extra or {}) - known
    for name in type(value).model_fields:
        yield from _unknown_fields(getattr(value, name), also)
