"""The assistants of one's own: a TOML file, id → what is passed to `responses.create`.

OpenAI stores no such configuration any more.  All is checked before anything is served.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from ..settings import Settings
from . import Json
from .parameters import NOT_YOURS, fault, tool_fault

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_OWN = ("name", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """`parameters` are those of `responses.create`, the model among them."""

    id: str
    name: str
    description: str | None = None
    parameters: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        return {"id": self.id, "name": self.name, "description": self.description}


def read_assistants(settings: Settings) -> Mapping[str, Assistant]:
    """Raises SettingsError, one line that names the file, the entry and the field."""
    if settings.assistants is None:
        default = {"model": settings.model}
        return {"default": Assistant(id="default", name="default", parameters=default)}
    entries = _table(settings.assistants)
    if not entries:
        raise _wrong(settings.assistants, "it names no assistant")
    return {
        name: _Entry(settings, settings.assistants, name, entry).read()
        for name, entry in entries.items()
    }


def _table(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(path, error.strerror or "it cannot be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(path, f"it is no TOML: {error}") from None


def _wrong(path: Path, why: str) -> SettingsError:
    return SettingsError(f"RELAY_ASSISTANTS: {path}: {' '.join(why.split())}")


class _Entry:
    def __init__(self, settings: Settings, path: Path, name: str, entry: Any) -> None:
        self._settings = settings
        self._path = path
        self._name = name
        self._entry = entry

    def read(self) -> Assistant:
        if not _ID.fullmatch(self._name):
            raise self._wrong("an id has 1 to 128 letters, digits, `_` and `-`")
        if not isinstance(self._entry, dict):
            raise self._wrong(f"it must be a table, [{self._name}]")
        for key in _OWN:
            if not isinstance(self._entry.get(key, ""), str):
                raise self._wrong("Input should be a valid string", key)
        return Assistant(
            id=self._name,
            name=self._entry.get("name") or self._name,
            description=self._entry.get("description"),
            parameters=self._parameters(),
        )

    def _parameters(self) -> Json:
        given = {key: value for key, value in self._entry.items() if key not in _OWN}
        extra = given.pop("extra_body", {})
        if not isinstance(extra, dict):
            raise self._wrong("Input should be a table", "extra_body")
        for key in (*given, *extra):
            if key in NOT_YOURS:
                raise self._wrong(NOT_YOURS[key], key)
        for key, value in given.items():
            why = fault(key, value)
            if why:
                raise self._wrong(why[1], ".".join([key, *why[0]]))
        parameters = {"model": self._settings.model, **given, **extra}
        self._check_words(parameters)
        self._check_tools(parameters.get("tools", []))
        if parameters.get("store") is False and self._settings.runs_in_background:
            raise self._wrong(
                "runs in the background are stored; set RELAY_BACKGROUND=false", "store"
            )
        return parameters

    def _check_words(self, parameters: Json) -> None:
        """Dates and the like, and numbers that JSON has no words for."""
        for key, value in parameters.items():
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError, RecursionError):
                raise self._wrong("it holds a value that JSON cannot say", key) from None

    def _check_tools(self, tools: Any) -> None:
        if not isinstance(tools, Sequence) or isinstance(tools, str):
            raise self._wrong("Input should be a list of tables", "tools")
        for place, tool in enumerate(tools):
            why = tool_fault(tool)
            if why:
                raise self._wrong(why[1], ".".join([f"tools[{place}]", *why[0]]))

    def _wrong(self, why: str, key: str | None = None) -> SettingsError:
        where = f"[{self._name}]" + (f" {key}" if key else "")
        return _wrong(self._path, f"{where}: {why}")
