"""What becomes of the page when the relay goes away."""

from playwright.async_api import expect

from tests.browser.page.reader import Reader, answers_at
from tests.browser.page.relaying import Relaying
from tests.scripted.assistants import ScriptedAssistants


async def test_a_relay_that_is_gone_is_told_and_found_again(
    reader: Reader, relaying: Relaying, scripted: ScriptedAssistants
) -> None:
    await reader.ask("One word")
    await reader.sees_answers(["Yes"])
    await reader.sees_end()
    state = reader.page.locator("#connection")
    await expect(state).to_have_text("Live")

    await relaying.stop()
    await expect(state).to_have_text("Reconnecting")
    await expect(reader.activity).to_contain_text("keeps trying")
    await relaying.start()

    # The browser itself waits for up to four seconds before it asks again.
    await expect(state).to_have_text("Live", timeout=30_000)
    await reader.ask("Several messages", "And now?")
    await reader.sees_end()
    await reader.sees_answers(answers_at(scripted))


async def test_a_thread_that_the_relay_has_forgotten_is_told(
    reader: Reader, relaying: Relaying, scripted: ScriptedAssistants
) -> None:
    await reader.ask("One word")
    await reader.sees_answers(["Yes"])
    await reader.sees_end()

    await relaying.stop()
    scripted.account.threads.clear()
    await relaying.start()

    notice = reader.page.get_by_role("alert")
    await expect(notice).to_contain_text("does not know the thread", timeout=30_000)
    await expect(reader.button("Start a new thread")).to_be_visible()
    await expect(reader.page.get_by_role("link", name="Hello?")).to_have_count(0)
