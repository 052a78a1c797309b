"""The page can be used by keyboard, on a phone, and in a long thread."""

from asyncio import Event
from itertools import count

import pytest
from playwright.async_api import Browser, Route, ViewportSize, expect

from tests.browser.page.reader import Reader, answers_at
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.moves import Fail, Script, say
from tests.scripted.scripts import SCRIPTS

PHONE: ViewportSize = {"width": 390, "height": 844}
WIDE = "a_very_long_word_" * 20
WIDE_SCRIPT = Script(
    id="wide", name=WIDE, description=WIDE, question="", moves=(say(WIDE), Fail("wide", WIDE))
)
SHORT = [script.name for script in SCRIPTS.values() if script.id != "long-answer"]


async def test_all_can_be_done_by_keyboard(reader: Reader, scripted: ScriptedAssistants) -> None:
    hold = scripted.hold(8)
    keyboard = reader.page.keyboard
    await expect(reader.field).to_be_focused()

    await keyboard.press("Tab")
    await expect(reader.page.locator("#choose")).to_be_focused()
    await keyboard.press("Enter")
    await expect(reader.page.get_by_role("checkbox").first).to_be_focused()
    await expect(reader.page.get_by_role("checkbox").first).to_be_checked()
    await keyboard.press("Escape")
    await keyboard.press("Shift+Tab")
    await keyboard.type("One line")
    await keyboard.press("Shift+Enter")
    await keyboard.type("and another")
    await keyboard.press("Enter")
    await hold.reached()
    await reader.sees_answers(answers_at(scripted))
    await keyboard.press("Escape")

    await reader.sees_end()
    await expect(reader.log).to_contain_text("Stopped.")
    asked = reader.page.locator("article[data-role=user] .text p")
    assert await asked.text_content() == "One line\nand another"


async def test_what_has_the_focus_can_be_seen(reader: Reader) -> None:
    await reader.page.keyboard.press("Tab")

    outline = await reader.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert outline == "solid"


async def test_nothing_is_wider_than_a_phone(
    browser: Browser, address: str, scripted: ScriptedAssistants
) -> None:
    scripted.account.scripts = {"wide": WIDE_SCRIPT, **SCRIPTS}
    context = await browser.new_context(base_url=address, viewport=PHONE, has_touch=True)
    reader = await Reader.at(context)
    # All kinds of parts and tools; the last one waits for an answer.
    await reader.choose(WIDE, *SHORT[: SHORT.index("Function call") + 1])

    await reader.say(WIDE)
    await expect(reader.page.locator("form.action")).to_be_visible()
    await reader.button("Stop").click()
    await reader.sees_end()

    for element in ("html", "#scroller"):
        widths = await reader.page.locator(element).evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert widths[0] <= widths[1], element
    await context.close()


async def test_a_finger_can_hit_every_button(browser: Browser, address: str) -> None:
    context = await browser.new_context(base_url=address, viewport=PHONE, has_touch=True)
    reader = await Reader.at(context)
    await reader.button("Threads").click()

    for button in await reader.page.locator("button:visible").all():
        box = await button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, await button.inner_text()
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(reader: Reader, scheme: str) -> None:
    await reader.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    ink, ground = await reader.page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )

    assert contrast(ink, ground) >= 7


async def test_a_long_answer_is_drawn_only_where_it_grows(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(200)
    await reader.ask("Long answer")
    await hold.reached()
    await reader.sees_answers(answers_at(scripted))
    first = reader.answers.locator(".text > :first-child")
    await first.evaluate("element => { element.firstChild.isTheSame = true }")

    hold.release()
    await reader.sees_end()

    await reader.sees_answers(answers_at(scripted))
    assert await first.evaluate("element => element.firstChild.isTheSame") is True


async def test_the_page_follows_the_answer_unless_one_reads_further_up(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(900)
    await reader.ask("Long answer")
    await hold.reached()
    await reader.sees_answers(answers_at(scripted))
    scroller = reader.page.locator("#scroller")
    assert await scroller.evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight") < 2

    await scroller.hover()
    await reader.page.mouse.wheel(0, -400)
    latest = reader.button("Jump to the latest")
    await expect(latest).to_be_visible()
    place = await scroller.evaluate("e => e.scrollTop")
    hold.release()
    await reader.sees_end()

    assert await scroller.evaluate("e => e.scrollTop") == place
    await latest.click()
    assert await scroller.evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight") < 2


async def test_earlier_messages_come_on_request(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    # A message each second, so that no two were made at the same time.
    scripted.account.now = count(1_800_000_000).__next__
    await reader.choose()
    for number in range(60):
        await reader.say(f"Message {number}")
        await expect(reader.page.locator("article")).to_have_count(number + 1)
    await reader.page.reload()
    await expect(reader.page.locator("article")).to_have_count(50)

    await reader.button("Load earlier messages").click()

    await expect(reader.page.locator("article")).to_have_count(60)
    await expect(reader.page.locator("article").first).to_have_text("Message 0")
    await expect(reader.button("Load earlier messages")).to_be_hidden()


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


async def test_two_messages_in_one_breath_begin_one_thread(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    held: list[Route] = []
    arrived = Event()

    def hold(route: Route) -> None:
        held.append(route)
        arrived.set()

    await reader.page.route("**/threads", hold)

    await reader.say("First")
    await reader.say("Second")
    await arrived.wait()
    for route in held:
        await route.continue_()
    await reader.page.unroute("**/threads")

    await expect(reader.answers).to_have_count(2)
    await expect(reader.page.locator("article[data-role=user]")).to_have_count(2)
    assert len(scripted.account.threads) == 1
