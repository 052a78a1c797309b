"""Assistants of one's own: the file that RELAY_ASSISTANTS names."""

from pathlib import Path
from typing import Any

import pytest

from relay.errors import SettingsError, UpstreamRefused
from relay.logs.memory_notes import MemoryNotes
from relay.settings import Settings
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import settings_for
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.scripts import SCRIPTS

from .conftest import OpenResponses
from .responding import HeardRun, start

KEEPER = """
[keeper]
name = "Beekeeper"
description = "Knows bees."
instructions = "You keep bees."
temperature = 0.5
max_output_tokens = 500
metadata = { hive = "7" }
reasoning = { effort = "low", summary = "auto" }
text = { verbosity = "low" }
include = ["reasoning.encrypted_content"]
extra_body = { top_k = 7 }

[[keeper.tools]]
type = "function"
name = "count_bees"

[[keeper.tools]]
type = "web_search"

[[keeper.tools]]
type = "hive:scales"
place = "garden"

[keeper-2]
model = "honey-1"
"""

# What is wrong, and what the line that says so must name.
WRONG = {
    "no toml": ("[keeper\n", "it is no TOML"),
    "nobody": ("", "it names no assistant"),
    "an id with a space": ('["bee keeper"]', "[bee keeper]: an id"),
    "no table": ('keeper = "honey-1"', "[keeper]: it must be a table"),
    "a name that is none": ("[keeper]\nname = 1", "[keeper] name"),
    "an unknown parameter": ('[keeper]\ninstrucions = "x"', "[keeper] instrucions"),
    "a number in words": ('[keeper]\ntemperature = "hot"', "[keeper] temperature"),
    "a wrong word": ('[keeper]\ntruncation = "some"', "[keeper] truncation"),
    "a misspelt name inside": (
        "[keeper]\nreasoning = { efort = 'low' }", "[keeper] reasoning.efort"
    ),
    "a misspelt name in one of several types": (
        "[keeper]\ntext.format = { type = 'json_schema', name = 'x', schema = {}, stric = true }",
        "[keeper] text.format.stric",
    ),
    "a wrong word inside": ("[keeper]\nreasoning = { effort = 1 }", "[keeper] reasoning.effort"),
    "a date": ("[keeper]\nmetadata = { since = 2026-01-01 }", "[keeper] metadata"),
    "no number": ("[keeper]\ntemperature = nan", "[keeper] temperature"),
    "a date for the server": ("[keeper]\nextra_body = { since = 2026-01-01 }", "[keeper] since"),
    "no table for the server": ("[keeper]\nextra_body = 1", "[keeper] extra_body"),
    "no list of tools": ('[keeper]\ntools = "all"', "[keeper] tools"),
    "no tool": ('[keeper]\ntools = ["all"]', "[keeper] tools[0]"),
    "a tool of no type": ('[keeper]\ntools = [{ name = "x" }]', "[keeper] tools[0].type"),
    "a function of no name": ('[keeper]\ntools = [{ type = "function" }]',
                              "[keeper] tools[0].name"),
    "a function of an empty name": ('[keeper]\ntools = [{ type = "function", name = "" }]',
                                    "[keeper] tools[0].name"),
    "a second tool": ('[keeper]\ntools = [{ type = "shell" }, { type = "custom", name = 1 }]',
                      "[keeper] tools[1].name"),
    "a field that a tool has not": (
        '[keeper]\ntools = [{ type = "function", name = "x", parametrs = {} }]',
        "[keeper] tools[0].parametrs"),
    "a search of nothing": ('[keeper]\ntools = [{ type = "file_search" }]',
                            "[keeper] tools[0].vector_store_ids"),
    "a function within a namespace": (
        ('[keeper]\ntools = [{ type = "namespace", name = "n", description = "d", '
         'tools = [{ type = "function" }] }]'),
        "[keeper] tools[0].tools.0.name",
    ),
    "a thing not stored": ("[keeper]\nstore = false", "[keeper] store"),
    "the second entry": ("[keeper]\n[other]\ntop_p = true", "[other] top_p"),
    **{f"the relay's {name}": (f'[keeper]\n{name} = "x"', f"[keeper] {name}")
       for name in ("input", "conversation", "previous_response_id", "stream", "background")},
    "the relay's in disguise": ("[keeper]\nextra_body = { stream = false }", "[keeper] stream"),
}  # fmt: skip


def opened(folder: Path, text: str, **changes: Any) -> ResponsesUpstream:
    path = folder / "assistants.toml"
    path.write_text(text, encoding="utf-8")
    fields = {"upstream": "responses", "openai_api_key": "none", "assistants": path, **changes}
    return ResponsesUpstream(Settings.model_validate(fields), MemoryNotes())


async def test_without_a_file_there_is_one_assistant(
    scripted_responses: ScriptedResponses,
    open_responses: OpenResponses,
) -> None:
    upstream = open_responses(model="unicode")

    listed = await upstream.assistants()
    thread = await upstream.create_thread({})
    await HeardRun(upstream, thread["id"], "default").begin()

    assert listed == [{"id": "default", "name": "default", "description": None}]
    assert scripted_responses.received("responses.create")[0].body["model"] == "unicode"


async def test_assistants_are_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    upstream = opened(tmp_path, KEEPER)

    listed = await upstream.assistants()

    await upstream.close()
    assert listed == [
        {"id": "keeper", "name": "Beekeeper", "description": "Knows bees."},
        {"id": "keeper-2", "name": "keeper-2", "description": None},
    ]


async def test_what_the_file_says_is_passed_on(
    scripted_responses: ScriptedResponses, tmp_path: Path
) -> None:
    address = {"openai_base_url": scripted_responses.url, "openai_api_key": scripted_responses.key}
    upstream = opened(tmp_path, KEEPER, model="plain-text", **address)
    thread = await upstream.create_thread({})
    scripted_responses.fail_next("responses.create", status=429)

    with pytest.raises(UpstreamRefused):
        await HeardRun(upstream, thread["id"], "keeper").hear(
            upstream.start_run(start(thread["id"], "keeper", metadata={"season": "spring"}))
        )

    await upstream.close()
    assert scripted_responses.received("responses.create")[0].body == {
        "model": "plain-text",
        "instructions": "You keep bees.",
        "temperature": 0.5,
        "max_output_tokens": 500,
        "metadata": {"hive": "7", "season": "spring"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"verbosity": "low"},
        "include": ["reasoning.encrypted_content"],
        "top_k": 7,
        "tools": [
            {"type": "function", "name": "count_bees"},
            {"type": "web_search"},
            {"type": "hive:scales", "place": "garden"},
        ],
        "conversation": thread["id"],
        "input": [],
        "background": True,
        "stream": True,
    }


async def test_each_script_of_the_server_is_an_assistant_that_the_check_lets_pass(
    responses: ResponsesUpstream,
) -> None:
    listed = await responses.assistants()

    assert {*SCRIPTS} <= {assistant["id"] for assistant in listed}


@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_one_line_that_names_file_entry_and_field(
    text: str, named: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as raised:
        opened(tmp_path, text)

    told = str(raised.value)
    assert told.startswith(f"RELAY_ASSISTANTS: {tmp_path / 'assistants.toml'}: {named}")
    assert "\n" not in told


def test_a_file_that_is_not_there_is_named(
    scripted_responses: ScriptedResponses, tmp_path: Path
) -> None:
    settings = settings_for("responses", scripted_responses, assistants=tmp_path / "missing.toml")

    with pytest.raises(SettingsError) as raised:
        ResponsesUpstream(settings, MemoryNotes())

    assert "missing.toml" in str(raised.value)


async def test_what_is_not_stored_runs_in_the_foreground(tmp_path: Path) -> None:
    upstream = opened(tmp_path, "[keeper]\nstore = false", background=False)

    listed = await upstream.assistants()

    await upstream.close()
    assert [assistant["id"] for assistant in listed] == ["keeper"]


async def test_an_assistant_that_is_not_there_is_unknown(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    with pytest.raises(UpstreamRefused) as raised:
        await HeardRun(responses, conversation_id, "nobody").begin()

    assert raised.value.http_status == 404
    assert "'nobody'" in str(raised.value)
    assert not scripted_responses.received("responses.create")
