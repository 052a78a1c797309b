"""Relays in front of the scripted Responses server, each of whose scripts is an assistant."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.relay.conftest import StartRelay, relays_before
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.scripts import SCRIPTS


@pytest.fixture
def assistants(tmp_path: Path) -> Path:
    """The file that configures an assistant for each script, with the tools that it calls."""
    path = tmp_path / "assistants.toml"
    entries = (_entry(name, script.tools) for name, script in SCRIPTS.items())
    path.write_text("\n".join(entries))
    return path


def _entry(name: str, tools: Any) -> str:
    # A JSON object is no TOML, but all that these tools hold can be written alike.
    return f'["{name}"]\nmodel = "{name}"\ntools = {_toml(tools)}\n'


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(entry)}" for key, entry in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)


@pytest.fixture
async def start_relay(
    scripted_responses: ScriptedResponses, assistants: Path
) -> AsyncIterator[StartRelay]:
    async with relays_before("responses", scripted_responses, assistants=assistants) as start:
        yield start
