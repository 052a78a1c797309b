"""An answer arrives, survives, and stops."""

from playwright.async_api import Browser, expect

from tests.browser.page.reader import Reader, answers_at
from tests.scripted.assistants import ScriptedAssistants

# The eighth event is the second word, in the middle of the first sentence.
IN_MID_ANSWER = 8


async def test_an_answer_grows_token_by_token(reader: Reader, scripted: ScriptedAssistants) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    seen = []

    await reader.ask("Plain text", "Why do bees dance?")
    for _ in range(6):
        await hold.reached()
        seen.append(answers_at(scripted)[0])
        await reader.sees_answers(seen[-1:])
        hold.advance()
    hold.release()

    await reader.sees_end()
    await reader.sees_answers(answers_at(scripted))
    assert len(set(seen)) == len(seen)


async def test_a_reload_in_mid_answer_misses_nothing(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.ask("Plain text", "Why do bees dance?")
    await hold.reached()
    await reader.sees_answers(answers_at(scripted))

    await reader.page.reload()
    await reader.sees_answers(answers_at(scripted))
    hold.release()

    await reader.sees_end()
    await reader.sees_answers(answers_at(scripted))
    await expect(reader.page.locator("article[data-role=user]")).to_have_text("Why do bees dance?")


async def test_a_second_tab_shows_the_same(reader: Reader, scripted: ScriptedAssistants) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.ask("Plain text")
    await hold.reached()
    await reader.sees_answers(answers_at(scripted))

    second = await Reader.at(reader.page.context, reader.page.url)
    await second.sees_answers(answers_at(scripted))
    hold.release()

    await second.sees_end()
    await second.sees_answers(answers_at(scripted))
    assert second.troubles == []


async def test_stop_keeps_the_partial_text(reader: Reader, scripted: ScriptedAssistants) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.ask("Plain text")
    await hold.reached()
    partial = answers_at(scripted)
    await reader.sees_answers(partial)

    await reader.button("Stop").click()

    await reader.sees_end()
    await reader.sees_answers(partial)
    await expect(reader.log).to_contain_text("Stopped.")
    await reader.page.reload()
    await reader.sees_answers(partial)


async def test_assistants_answer_one_after_the_other(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.choose("Several messages", "One word")

    await reader.say("Hello, you two!")
    await hold.reached()
    await expect(reader.log).to_contain_text("Waits for its turn.")
    hold.release()

    await reader.sees_end()
    await reader.sees_answers(answers_at(scripted))
    await expect(reader.log.get_by_role("heading")).to_have_text(["Several messages", "One word"])


async def test_a_message_that_is_sent_meanwhile_waits_for_its_turn(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.ask("Plain text", "First")
    await hold.reached()

    await reader.say("Second")
    await expect(reader.log).to_contain_text("Waits for its turn.")
    hold.release()

    await reader.sees_end()
    asked = reader.page.locator("article[data-role=user]")
    await expect(asked).to_have_text(["First", "Second"])
    await expect(reader.answers).to_have_count(2)


async def test_a_message_that_waits_can_be_taken_back(
    reader: Reader, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(IN_MID_ANSWER)
    await reader.ask("Plain text", "First")
    await hold.reached()
    await reader.say("Second")

    await reader.button("Remove").click()
    await expect(reader.log).to_contain_text("Stopped before it said anything.")
    hold.release()

    await reader.sees_end()
    await expect(reader.page.locator("article[data-role=user]")).to_have_text(["First"])
    await reader.sees_answers(answers_at(scripted))


async def test_the_page_works_where_nothing_may_be_stored(browser: Browser, address: str) -> None:
    context = await browser.new_context(base_url=address)
    await context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    reader = await Reader.at(context)

    await reader.ask("One word")

    await reader.sees_answers(["Yes"])
    await reader.sees_end()
    assert reader.troubles == []
    await context.close()
