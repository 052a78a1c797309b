"""What goes wrong is said in words, and what a model says is never more than words."""

import pytest
from playwright.async_api import expect

from tests.browser.page.reader import Reader
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.moves import Script, say
from tests.scripted.scripts import SCRIPTS

ENDINGS = {
    "Run failed": "The run failed. The upstream had an error. Sorry, something went wrong.",
    "Rate limit": "You exceeded your current quota, please check your plan.",
    "Error in mid-stream": "The run failed. The upstream had an error.",
    "Run expired": "Expired: it ran, or waited for the output of a tool, for too long.",
    "Run cancelled": "Stopped. What had been written stays.",
    "Run cut short": "Cut off: the answer reached its length limit.",
    "Message cut short": "Cut off: the answer reached its length limit.",
    "Refusal": "The assistant declined",
}

HTML = "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script><b>bold</b>"


@pytest.mark.parametrize(("assistant", "words"), ENDINGS.items(), ids=ENDINGS)
async def test_an_unhappy_end_is_said_once_in_words(
    reader: Reader, assistant: str, words: str
) -> None:
    await reader.ask(assistant)

    await reader.sees_end()
    await expect(reader.log.get_by_text(words)).to_have_count(1)


async def test_html_from_a_model_is_text(reader: Reader, scripted: ScriptedAssistants) -> None:
    scripted.account.scripts = {
        **SCRIPTS,
        "one-word": Script(
            id="one-word", name=HTML, description=HTML, question="", moves=(say(HTML),)
        ),
    }
    await reader.page.reload()
    await reader.choose(HTML)

    await reader.say(HTML)

    await reader.sees_end()
    await expect(reader.answers.locator(".text")).to_have_text(HTML)
    await expect(reader.log.get_by_role("heading")).to_contain_text(HTML)
    await expect(reader.log.locator("img, script, b")).to_have_count(0)


async def test_a_thread_that_the_relay_does_not_know_is_told_with_a_way_on(reader: Reader) -> None:
    await reader.page.goto("/?thread=thread_of_another_time")
    await expect(reader.page.get_by_role("alert")).to_contain_text("does not know the thread")

    await reader.button("Start a new thread").click()

    await expect(reader.page.get_by_role("alert")).to_be_hidden()
    await reader.ask("One word")
    await reader.sees_answers(["Yes"])


async def test_a_refused_message_comes_back_to_its_field(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    await reader.ask("One word")
    await reader.sees_answers(["Yes"])
    await reader.sees_end()
    scripted.fail_next("runs.create", status=429, message="Slow down, please.")

    await reader.say("Hello again?")

    await expect(reader.page.get_by_role("alert")).to_contain_text("Slow down, please.")
    await expect(reader.field).to_have_value("Hello again?")
