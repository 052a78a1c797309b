"""What POST bodies hold.  A field that is not here is named and refused."""

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _text_or_parts(value: Any) -> Any:
    """Checked by hand: pydantic would name the kinds that it might be, and not only the field."""
    is_parts = isinstance(value, list) and all(isinstance(part, dict) for part in value)
    if not value or not (isinstance(value, str) or is_parts):
        raise PydanticCustomError("content", "Input should be a text or a list of parts, not empty")
    return value


def _sayable(value: Any) -> Any:
    """A number that no JSON can say, or no double can hold, would fail on its way upstream."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, int | float) and not _is_finite(item):
            raise PydanticCustomError("number", "Input should have finite numbers only")
    return value


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


Metadata = Annotated[dict[str, str], Field(max_length=16)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewMessage(_Body):
    role: Literal["user"]
    content: Annotated[Any, AfterValidator(_text_or_parts), AfterValidator(_sayable)]
    attachments: Annotated[list[dict[str, Any]] | None, AfterValidator(_sayable)] = None
    metadata: Metadata | None = None


class NewThread(_Body):
    messages: list[NewMessage] | None = None
    metadata: Metadata | None = None


class NewRun(_Body):
    assistant_id: Annotated[str, Field(min_length=1, max_length=256)]
    additional_messages: Annotated[list[NewMessage], Field(max_length=100)] | None = None
    if_busy: Literal["reject", "enqueue", "interrupt"] = "reject"
    metadata: Metadata | None = None
    stream: bool | None = None


class Cancel(_Body):
    queued: bool = False


class ToolOutput(_Body):
    tool_call_id: str
    output: str


class ToolOutputs(_Body):
    tool_outputs: Annotated[list[ToolOutput], Field(min_length=1)]
    stream: bool | None = None
