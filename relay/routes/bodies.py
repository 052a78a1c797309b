"""What POST bodies hold.  A field that is not here is named and refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Metadata = Annotated[dict[str, str], Field(max_length=16)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewMessage(_Body):
    role: Literal["user"]
    content: (
        Annotated[str, Field(min_length=1)] | Annotated[list[dict[str, Any]], Field(min_length=1)]
    )
    attachments: list[dict[str, Any]] | None = None
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
