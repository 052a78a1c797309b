"""Calls that are no functions: a person answers each in its own way, and the run goes on."""

import json
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Locator, expect

from tests.browser.page.reader import Reader
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.scripts import SCRIPTS

EXIT = {"type": "exit", "exit_code": 0}


class Answer(NamedTuple):
    assistant: str
    words: str
    button: str
    # What the upstream is given of it, among other things.
    expected: dict[str, Any]


ANSWERS = {
    "a function": Answer("function-call", "sunny", "Send the outputs", {"output": "sunny"}),
    "a custom tool": Answer("custom-tool", "36", "Send the outputs", {"output": "36"}),
    "an approval": Answer("mcp-approval", "", "Approve", {"approve": True}),
    "a denial": Answer(
        "mcp-approval", "Not today", "Deny", {"approve": False, "reason": "Not today"}
    ),
    "a shell": Answer(
        "shell",
        "letters",
        "Send the outputs",
        {"output": [{"stdout": "letters", "stderr": "", "outcome": EXIT}]},
    ),
    "the local shell": Answer("local-shell", "1999", "Send the outputs", {"output": "1999"}),
    "a patch": Answer(
        "apply-patch", "1 line", "Applied", {"status": "completed", "output": "1 line"}
    ),
    "a patch that failed": Answer("apply-patch", "", "Failed", {"status": "failed"}),
    "a screenshot": Answer(
        "computer-use",
        "file-abc",
        "Send the outputs",
        {"output": {"type": "computer_screenshot", "file_id": "file-abc"}},
    ),
}


def form_of(reader: Reader) -> Locator:
    return reader.page.locator("form.action")


def given_to(upstream: ScriptedResponses) -> Any:
    """What the newest response was given beside the conversation."""
    return upstream.received("responses.create")[-1].body["input"]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_a_call_is_answered_by_hand(
    reader: Reader, upstream: ScriptedResponses, answer: Answer
) -> None:
    await reader.ask(SCRIPTS[answer.assistant].name)

    await form_of(reader).get_by_role("textbox").fill(answer.words)
    await reader.button(answer.button).click()

    await expect(form_of(reader)).to_have_count(0)
    await reader.sees_end()
    await expect(reader.answers).to_have_count(1)
    [item] = given_to(upstream)
    assert answer.expected.items() <= item.items()


async def test_an_approval_waits_through_a_reload(
    reader: Reader, upstream: ScriptedResponses
) -> None:
    await reader.ask(SCRIPTS["mcp-approval"].name)
    await expect(form_of(reader)).to_contain_text("asks for your approval")

    await reader.page.reload()
    await expect(form_of(reader)).to_contain_text('{"title":"Moss"}')
    assert len(upstream.responses) == 1
    await reader.button("Approve").press("Enter")

    await reader.sees_end()
    await reader.sees_answers(["“Moss” is yours until the first of May."])
    assert [item["type"] for item in given_to(upstream)] == ["mcp_approval_response"]


async def test_tools_that_a_person_finds_are_called(
    reader: Reader, upstream: ScriptedResponses
) -> None:
    tool = {"type": "function", "name": "get_distance", "parameters": {}, "strict": False}
    await reader.ask(SCRIPTS["tool-search-client"].name)

    await form_of(reader).get_by_role("textbox").fill(json.dumps([tool]))
    await reader.button("Send the outputs").click()
    await expect(form_of(reader)).to_contain_text("get_distance")
    [found] = given_to(upstream)
    await form_of(reader).get_by_label("Output").fill("29 km")
    await reader.button("Send the outputs").click()

    await reader.sees_end()
    await reader.sees_answers(["It is 29 km. Mind the tulips."])
    assert (found["type"], found["tools"]) == ("tool_search_output", [tool])
