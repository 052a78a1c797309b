"""Tools: what they are given grows, what they give is shown, and a person can answer for them."""

import re

from playwright.async_api import expect

from tests.browser.page.reader import Reader, answers_at
from tests.scripted.assistants import ScriptedAssistants


async def test_calls_are_answered_by_hand_all_at_once(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    await reader.ask("Two calls at once")
    form = reader.page.locator("form.action")
    await expect(form).to_contain_text("get_time")
    await expect(form).to_contain_text('{"city": "Kyoto"}')

    await form.get_by_label("Output").nth(0).fill("19:40")
    await form.get_by_label("Output").nth(1).fill("clear, 18 °C")
    await form.get_by_role("button", name="Send the outputs").click()

    await reader.sees_end()
    (said,) = answers_at(scripted)
    assert "19:40" in said
    await reader.sees_answers([said])
    (request,) = scripted.received("runs.submit_tool_outputs")
    outputs = [output["output"] for output in request.body["tool_outputs"]]
    assert outputs == ["19:40", "clear, 18 °C"]


async def test_a_call_can_be_answered_after_a_reload(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    await reader.ask("Function call")
    form = reader.page.locator("form.action")
    await expect(form).to_contain_text('{"city": "Bergen"}')

    await reader.page.reload()
    await form.get_by_label("Output").fill("light rain")
    await form.get_by_role("button", name="Send the outputs").click()

    await reader.sees_end()
    await reader.sees_answers(answers_at(scripted))
    await expect(reader.answers).to_contain_text("light rain")


async def test_arguments_grow_while_they_are_written(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(6)
    given = reader.page.locator(".call .code")
    seen = []

    await reader.ask("Code interpreter")
    for _ in range(4):
        await hold.reached()
        (thread,) = scripted.account.threads.values()
        ((call,),) = [step.calls for step in thread.runs[0].steps]
        seen.append(call["code_interpreter"]["input"])
        await expect(given).to_have_text(seen[-1])
        hold.advance()
    hold.release()

    await reader.sees_end()
    assert len(set(seen)) == len(seen)


async def test_code_shows_what_it_printed_and_drew(reader: Reader) -> None:
    await reader.ask("Code interpreter")

    await reader.sees_end()
    await expect(reader.page.locator(".log-output")).to_contain_text("together 45.4 kg")
    images = reader.log.get_by_role("img")
    await expect(images).to_have_count(2)
    for image in await images.all():
        await expect(image).to_have_js_property("complete", value=True)
        assert await image.evaluate("image => image.naturalWidth") > 0


async def test_sources_are_numbered_and_named(reader: Reader) -> None:
    await reader.ask("File search")

    await reader.sees_end()
    notes = reader.page.get_by_role("list", name="Sources").get_by_role("listitem")
    await expect(notes).to_have_text(["field-guide.txt", "garden-notebook.txt"])
    await expect(reader.answers).not_to_contain_text("【")
    await expect(reader.answers.locator("sup")).to_have_text(["1", "2", "2"])


async def test_a_source_on_the_web_is_a_link_that_tells_nothing(reader: Reader) -> None:
    await reader.ask("Web search")

    await reader.sees_end()
    link = reader.page.get_by_role("list", name="Sources").get_by_role("link")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("href", re.compile(r"^https://"))


async def test_what_nobody_knows_is_shown_as_it_is(reader: Reader) -> None:
    await reader.ask("Unknown things")

    await reader.sees_end()
    await expect(reader.page.locator(".call")).to_contain_text("tuning fork")
    await expect(reader.page.locator(".call")).to_contain_text('"pitch": 440')
    await expect(reader.answers.first).to_contain_text('"melody"')
