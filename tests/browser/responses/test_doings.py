"""What a response does is seen as it happens: it grows, and stands where it belongs."""

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.browser.page.reader import Reader
from tests.browser.relay_process import RelayProcess
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.scripts import SCRIPTS

PHONE: ViewportSize = {"width": 390, "height": 844}

# What a reader finds in each call, in order.
SEEN = {
    "reasoning": [["Reasoning", "Counting the days", "Looking at the last day"]],
    "thinking-aloud": [["Reasoning"]],
    "code-interpreter": [["Code interpreter", "print(", "August"]],
    "file-search": [["File search", "what bees like", "field-guide.txt"]],
    "web-search": [["Reasoning", "Looking it up"], ["Web search", "stork return spring"]],
    "mcp-call": [
        ["Tools of library"],
        ["look · library", '{"shelf":"cellar"}', "failed", "the cellar is locked"],
        ["look · library", '{"shelf":"botany"}', "done", "More Moss"],
    ],
    "mcp-failed": [["Tools of library", "failed", "The server did not answer."]],
    "hosted-shell": [["Shell", "wc -w garden-notebook.txt", "15 garden-notebook.txt"]],
    "compaction": [["Compaction"]],
    "unknown-things": [["melody call", '"tempo": 1']],
}


@pytest.mark.parametrize(("assistant", "calls"), SEEN.items(), ids=SEEN)
async def test_a_reader_sees_what_was_done(
    reader: Reader, assistant: str, calls: list[list[str]]
) -> None:
    await reader.ask(SCRIPTS[assistant].name)

    await reader.sees_end()
    await expect(reader.page.locator(".call")).to_have_count(len(calls))
    for position, words in enumerate(calls):
        for word in words:
            await expect(reader.page.locator(".call").nth(position)).to_contain_text(word)


async def test_arguments_grow_while_they_are_written(
    reader: Reader, upstream: ScriptedResponses
) -> None:
    hold = upstream.hold(6)
    given = reader.page.locator(".call .code")
    seen = []

    await reader.ask(SCRIPTS["code-interpreter"].name)
    for _ in range(4):
        await hold.reached()
        [response] = upstream.responses
        seen.append(response.wire()["output"][0]["code"])
        await expect(given).to_have_text(seen[-1])
        hold.advance()
    hold.release()

    await reader.sees_end()
    assert len(set(seen)) == len(seen)


async def test_an_image_is_seen_while_it_is_drawn_and_then_stands_in_the_answer(
    reader: Reader, upstream: ScriptedResponses
) -> None:
    hold = upstream.hold("response.image_generation_call.partial_image")

    await reader.ask(SCRIPTS["image-generation"].name)
    await hold.reached()
    await expect(reader.page.locator(".call").get_by_role("img")).to_have_count(1)
    hold.release()

    await reader.sees_end()
    await expect(reader.page.locator(".call").get_by_role("img")).to_have_count(0)
    image = reader.answers.first.get_by_role("img")
    await expect(image).to_have_js_property("complete", value=True)
    assert await image.evaluate("image => image.naturalWidth") > 0


async def test_files_that_code_made_can_be_had(reader: Reader) -> None:
    await reader.ask(SCRIPTS["code-interpreter"].name)
    await reader.sees_end()

    link = reader.page.get_by_role("list", name="Sources").get_by_role("link").first
    address = await link.get_attribute("href")
    answer = await reader.page.request.get(str(address))

    assert answer.ok
    assert "May" in await answer.text()


async def test_each_answer_says_whose_it_is_after_a_reload_too(reader: Reader) -> None:
    names = [SCRIPTS[name].name for name in ("several-messages", "reasoning", "plain-text")]
    await reader.choose(*names)
    await reader.say("Hello, you three!")
    await reader.sees_end()
    speakers = reader.log.get_by_role("heading")
    await expect(speakers).to_have_text(names)

    await reader.page.reload()

    await expect(speakers).to_have_text(names)
    await expect(reader.answers).to_have_count(4)


async def test_nothing_that_is_done_is_wider_than_a_phone(
    browser: Browser, relay: RelayProcess
) -> None:
    context = await browser.new_context(base_url=relay.url, viewport=PHONE, has_touch=True)
    reader = await Reader.at(context)
    await reader.choose(*(SCRIPTS[name].name for name in [*SEEN, "image-generation", "shell"]))

    await reader.say("Everything, please.")
    await expect(reader.page.locator("form.action")).to_be_visible()
    await reader.button("Stop").click()
    await reader.sees_end()

    for element in ("html", "#scroller"):
        widths = await reader.page.locator(element).evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert widths[0] <= widths[1], element
    await context.close()
