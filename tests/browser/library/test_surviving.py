"""What a page survives, in a real browser."""

from playwright.async_api import Route, expect

from tests.browser.library.visitor import Visitor
from tests.browser.relay_process import RelayProcess
from tests.scripted.assistants import ScriptedAssistants

# The browser itself waits for up to four seconds before each try.
PATIENCE_MS = 30_000


def answer_at(scripted: ScriptedAssistants, thread: str) -> str:
    """What the assistant has said so far, as the upstream holds it."""
    message = scripted.thread(thread).messages[-1]
    return "".join(part["text"]["value"] for part in message.content)


async def test_a_reload_in_mid_answer_misses_nothing(
    visitor: Visitor, thread: str, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(12)
    await visitor.open("plain", thread)
    await visitor.begin("addMessageAndRun", "Why?", "plain-text")
    await hold.reached()
    await expect(visitor.messages.first).to_have_text(answer_at(scripted, thread))

    await visitor.page.reload()
    await expect(visitor.messages).to_have_text([answer_at(scripted, thread), "Why?"])
    hold.release()
    await scripted.finished(scripted.thread(thread).runs[-1].id)

    await expect(visitor.messages).to_have_text([answer_at(scripted, thread), "Why?"])


async def test_a_relay_that_is_killed_in_mid_answer_and_comes_back(
    visitor: Visitor, thread: str, scripted: ScriptedAssistants, relay: RelayProcess
) -> None:
    hold = scripted.hold(12)
    await visitor.open("abort", thread)
    await visitor.begin("addMessageAndRun", "Why?", "plain-text")
    await hold.reached()
    await expect(visitor.messages.first).to_have_text(answer_at(scripted, thread))

    await relay.kill()
    await expect(visitor.connection).to_have_text("lost")
    await relay.start()
    await expect(visitor.connection).to_have_text("open", timeout=PATIENCE_MS)
    hold.release()
    run = await visitor.ending()

    assert run["status"] == "completed"
    await expect(visitor.messages).to_have_text([answer_at(scripted, thread), "Why?"])


async def test_a_relay_that_is_away_for_long(
    visitor: Visitor, thread: str, relay: RelayProcess
) -> None:
    await visitor.open("abort", thread)
    await expect(visitor.connection).to_have_text("open")

    await relay.stop()
    # Six times in vain: some twenty seconds.
    await visitor.page.wait_for_function(
        "window.sources.reduce((sum, { failures }) => sum + failures, 0) > 6", timeout=60_000
    )
    await visitor.begin("addMessage", "Is anybody there?")
    await relay.start()

    assert (await visitor.ending())["role"] == "user"
    await expect(visitor.messages).to_have_text(["Is anybody there?"])
    await expect(visitor.connection).to_have_text("open", timeout=PATIENCE_MS)


async def test_an_answer_that_makes_the_browser_give_up(visitor: Visitor, thread: str) -> None:
    refusals = iter([503, 404])

    async def refuse_twice(route: Route) -> None:
        if status := next(refusals, None):
            await route.fulfill(status=status)
        else:
            await route.continue_()

    await visitor.page.route("**/events?*", refuse_twice)
    await visitor.open("abort", thread)
    await expect(visitor.connection).to_have_text("open", timeout=PATIENCE_MS)

    await visitor.call("addMessage", "Hello")

    await expect(visitor.messages).to_have_text(["Hello"])
    assert await visitor.states() == [2, 2, 1]


async def test_a_network_that_goes_and_returns(
    visitor: Visitor, thread: str, scripted: ScriptedAssistants
) -> None:
    hold = scripted.hold(12)
    await visitor.open("abort", thread)
    await visitor.begin("addMessageAndRun", "Why?", "plain-text")
    await hold.reached()
    await expect(visitor.messages.first).to_have_text(answer_at(scripted, thread))

    await visitor.page.context.set_offline(True)
    hold.release()
    await scripted.finished(scripted.thread(thread).runs[-1].id)
    await visitor.page.context.set_offline(False)
    run = await visitor.ending()

    assert run["status"] == "completed"
    await expect(visitor.messages).to_have_text([answer_at(scripted, thread), "Why?"])
    await expect(visitor.connection).to_have_text("open")


async def test_a_message_that_is_sent_while_offline_arrives_once(
    visitor: Visitor, thread: str, scripted: ScriptedAssistants
) -> None:
    await visitor.open("abort", thread)
    await expect(visitor.connection).to_have_text("open")
    await visitor.page.context.set_offline(True)

    await visitor.begin("addMessage", "From the tunnel")
    await visitor.page.context.set_offline(False)
    message = await visitor.ending()

    await expect(visitor.messages).to_have_text(["From the tunnel"])
    assert [message["id"]] == [one.id for one in scripted.thread(thread).messages]
