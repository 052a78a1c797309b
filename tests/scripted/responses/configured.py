"""Each script as an assistant of the relay: the file that RELAY_ASSISTANTS names."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from .fallback import ECHO
from .moves import Script
from .scripts import SCRIPTS


def assistants_toml(scripts: Iterable[Script] = (ECHO, *SCRIPTS.values())) -> str:
    return "\n".join("\n".join(_lines(script)) + "\n" for script in scripts)


def _lines(script: Script) -> Iterator[str]:
    yield f"[{script.id}]"
    fields = {"name": script.name, "description": script.description, "model": script.id}
    for key, value in fields.items():
        yield f"{key} = {_toml(value)}"
    if script.tools:
        yield f"tools = {_toml(list(script.tools))}"


def _toml(value: Any) -> str:
    """On one line.  Strings, numbers and booleans are written as in JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
