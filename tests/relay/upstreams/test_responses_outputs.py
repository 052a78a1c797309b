"""The `responses` upstream: outputs in plain words, and those that say nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from relay.errors import BadRequest
from tests.scripted.responses import ScriptedResponses

from .responding import EXIT, PICTURE, HeardRun

# Other ways to say the same, or as much as plain words can say.
PLAIN: Mapping[str, tuple[str, str, Any]] = {
    "what a shell printed": ("shell", "letters", {"output": [
        {"stdout": "letters", "stderr": "", "outcome": EXIT}]}),
    "one command's result": ("shell", '{"stderr": "no"}', {"output": [
        {"stdout": "", "stderr": "no", "outcome": EXIT}]}),
    "a patch that was applied": ("apply-patch", "done", {"status": "completed", "output": "done"}),
    "the address of a picture": ("computer-use", PICTURE, {"output": {
        "type": "computer_screenshot", "image_url": PICTURE}}),
    "the id of a picture": ("computer-use", "file-1", {"output": {
        "type": "computer_screenshot", "file_id": "file-1"}}),
    "a list of tools": ("tool-search-client", "[]", {"tools": []}),
    "yes": ("mcp-approval", "true", {"approve": True}),
    "no": ("mcp-approval", "false", {"approve": False}),
}  # fmt: skip
UNUSABLE = {
    "mcp-approval": ["perhaps", '{"approve": "yes"}', "1"],
    "tool-search-client": ["a hammer", '{"tools": 1}'],
    "computer-use": ["", '{"image_url": 1}'],
}


@pytest.mark.parametrize(("script", "output", "expected"), PLAIN.values(), ids=PLAIN)
async def test_plain_words_will_do_where_they_are_clear(
    scripted_responses: ScriptedResponses, run: HeardRun, output: str, expected: Any
) -> None:
    await run.begin()

    await run.answer(output)

    [item] = scripted_responses.received("responses.create")[-1].body["input"]
    assert {key: item[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("script", "output"), [(name, output) for name in UNUSABLE for output in UNUSABLE[name]]
)
async def test_an_output_that_says_nothing_is_refused_before_it_is_sent(
    scripted_responses: ScriptedResponses, run: HeardRun, output: str
) -> None:
    await run.begin()

    with pytest.raises(BadRequest) as raised:
        await run.answer(output)

    assert raised.value.param == "tool_outputs"
    assert len(scripted_responses.received("responses.create")) == 1
