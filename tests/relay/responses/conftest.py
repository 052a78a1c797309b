"""Relays in front of the scripted Responses server, each of whose scripts is an assistant."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from relay.access import Authorize
from relay.settings import Settings
from tests.relay.conftest import StartRelay
from tests.relay.relays import Relay
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
    async with AsyncExitStack() as stack:

        async def start(*, authorize: Authorize | None = None, **settings: Any) -> Relay:
            fields = {
                "upstream": "responses",
                "openai_base_url": scripted_responses.url,
                "openai_api_key": scripted_responses.key,
                "assistants": assistants,
                "recordings": (),
                **settings,
            }
            checked = Settings.model_validate(fields)
            return await stack.enter_async_context(Relay.started(checked, authorize))

        yield start


@pytest.fixture
async def relay(start_relay: StartRelay) -> Relay:
    return await start_relay()
