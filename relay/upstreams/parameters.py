"""What `responses.create` may be given, by the SDK's own types."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeAlias, get_args, get_origin

import pydantic
from openai.types.responses import Response, ResponseIncludable
from openai.types.responses.tool import Tool

# What the relay sets itself, and why nobody else may.
NOT_YOURS: Mapping[str, str] = {
    "input": "the relay sets this: it is what the thread holds",
    "conversation": "the relay sets this: it is the thread",
    "previous_response_id": "the relay does not use this: it would say twice what the thread holds",
    "stream": "the relay sets this: it always streams",
    "background": "set RELAY_BACKGROUND instead: it is the same for all assistants",
}

# What a response does not echo, so that its type does not tell.
_UNTOLD: Mapping[str, Any] = {
    "include": list[ResponseIncludable | str],
    "store": bool,
    "stream_options": dict[str, Any],
    "context_management": list[dict[str, Any]],
    "instructions": str,
    "extra_body": dict[str, Any],
}
_TOLD = (
    "access_programs", "image", "max_output_tokens", "max_tool_calls", "metadata", "model",
    "moderation", "parallel_tool_calls", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "temperature",
    "text", "tool_choice", "top_logprobs", "top_p", "truncation", "user",
)  # fmt: skip


_ELSEWHERE = "what only this server knows goes into `extra_body`"

# Where in a value something is wrong, and what.
Fault: TypeAlias = tuple[Sequence[str], str]


def fault(name: str, value: Any) -> Fault | None:
    """What is wrong with a parameter; None if nothing is.  Tools have a check of their own."""
    if name == "tools":
        return None
    if name not in _UNTOLD and name not in _TOLD:
        return (), f"no such parameter; {_ELSEWHERE}"
    return _error(_adapter(name), value) or _strange(_adapter(name), value)


def tool_fault(tool: Any) -> Fault | None:
    """What is wrong with a tool; None if nothing is.

    Servers have types of tools of their own, so an unknown one is taken as it is.
    """
    if not isinstance(tool, Mapping):
        return (), "Input should be a table"
    kind = tool.get("type")
    if not isinstance(kind, str) or not kind:
        return ("type",), "Input should be a valid string"
    model = _tools().get(kind)
    if model is None:
        return None
    known = {field.alias or name for name, field in model.model_fields.items()}
    for key in tool:
        if key not in known:
            return (key,), f"a tool of type `{kind}` has no such field"
    if tool.get("name") == "":
        return ("name",), "it is empty"
    return _error(pydantic.TypeAdapter(model), tool)


def _error(adapter: pydantic.TypeAdapter[Any], value: Any) -> Fault | None:
    """The first thing that is wrong.  As JSON, since that is what will be sent."""
    try:
        adapter.validate_json(json.dumps(value), strict=True)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        return tuple(_path(value, first["loc"])), first["msg"]
    except (TypeError, ValueError, RecursionError):
        return (), "it holds a value that JSON cannot say"
    return None


def _strange(adapter: pydantic.TypeAdapter[Any], value: Any) -> Fault | None:
    """The first name that is not known there, of a value that is right but for that."""
    try:
        adapter.validate_json(json.dumps(value), strict=True, extra="forbid")
    except pydantic.ValidationError as error:
        places = [one["loc"] for one in error.errors() if one["type"] == "extra_forbidden"]
        # Of several types that the value could have it is the one that fits it best.
        faults = Counter(one["loc"][:-1] for one in error.errors())
        place = min(places, key=lambda place: faults[place[:-1]])
        return tuple(_path(value, place)), f"no such field; {_ELSEWHERE}"
    return None


def _path(value: Any, location: Sequence[int | str]) -> Iterator[str]:
    """Without the names of types that pydantic puts between the keys."""
    for key in location:
        is_there = isinstance(value, dict) and key in value
        if is_there or (isinstance(value, list) and isinstance(key, int)):
            value = value[key]
            yield str(key)
        elif key == location[-1] and isinstance(value, dict):
            yield str(key)


@cache
def _adapter(name: str) -> pydantic.TypeAdapter[Any]:
    if name in _UNTOLD:
        return pydantic.TypeAdapter(_UNTOLD[name])
    annotation: Any = Response.model_fields[name].annotation
    return pydantic.TypeAdapter(annotation)


@cache
def _tools() -> Mapping[str, type[pydantic.BaseModel]]:
    return {
        kind: model
        for model in _members(Tool)
        for kind in get_args(model.model_fields["type"].annotation)
    }


def _members(kind: Any) -> Iterator[type[pydantic.BaseModel]]:
    if get_origin(kind) is Annotated:
        yield from _members(get_args(kind)[0])
    elif isinstance(kind, type):
        yield kind
    else:
        for member in get_args(kind):
            yield from _members(member)
