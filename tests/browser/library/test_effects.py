"""The three ways to load a thread in an effect, each done twice by StrictMode."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.library.visitor import Visitor
from tests.scripted.assistants import ScriptedAssistants

CLOSED = 2


@pytest.mark.parametrize("effect", ["plain", "moving", "abort"])
async def test_an_effect_follows_its_thread_once(
    effect: str, visitor: Visitor, thread: str
) -> None:
    await visitor.open(effect, thread)

    message = await visitor.call("addMessage", "Hello")
    await expect(visitor.messages).to_have_text(["Hello"])

    assert message["id"]
    assert len(visitor.requests(f"GET /threads/{thread}/messages")) == 1
    assert len(visitor.requests(f"GET /threads/{thread}/events")) == 1
    assert len(await visitor.states()) == 1


@pytest.mark.parametrize("effect", ["plain", "abort"])
async def test_an_answer_is_seen_token_by_token(
    effect: str, visitor: Visitor, thread: str, scripted: ScriptedAssistants
) -> None:
    await visitor.open(effect, thread)
    hold = scripted.hold("thread.message.delta")

    await visitor.begin("addMessageAndRun", "Why?", "plain-text")
    await hold.reached()
    await expect(visitor.messages).to_have_text(["To", "Why?"])
    hold.release()
    run = await visitor.ending()

    assert run["status"] == "completed"
    said = scripted.thread(thread).messages[-1].content[0]["text"]["value"]
    await expect(visitor.messages.first).to_have_text(said)


@pytest.mark.parametrize("effect", ["moving", "abort"])
async def test_a_component_that_is_given_another_thread_moves(
    effect: str, visitor: Visitor, new_thread: Callable[[], Awaitable[str]]
) -> None:
    first, second = await new_thread(), await new_thread()
    await visitor.open(effect, first)
    await visitor.call("addMessage", "In the first")
    await expect(visitor.messages).to_have_text(["In the first"])

    await visitor.page.evaluate("window.show", second)
    await expect(visitor.messages).to_have_count(0)
    await visitor.call("addMessage", "In the second")
    await expect(visitor.messages).to_have_text(["In the second"])

    assert len(await visitor.states()) == 2
    assert (await visitor.states())[0] == CLOSED


async def test_a_component_that_is_gone_leaves_no_connection(visitor: Visitor, thread: str) -> None:
    await visitor.open("abort", thread)
    await expect(visitor.connection).to_have_text("open")

    await visitor.page.evaluate("window.show", None)
    await expect(visitor.connection).to_have_count(0)

    assert await visitor.states() == [CLOSED]
