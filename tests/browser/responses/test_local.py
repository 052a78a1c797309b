"""A server that keeps no conversations: the page does not notice."""

from pathlib import Path

from playwright.async_api import Browser

from tests.browser.page.reader import Reader
from tests.browser.relay_process import RelayProcess
from tests.browser.responses.lists import brief, held_by, loaded_by
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.configured import assistants_toml


async def test_two_turns_are_kept_by_the_relay(
    browser: Browser, relay: RelayProcess, upstream: ScriptedResponses, tmp_path: Path
) -> None:
    upstream.manners.has_conversations = False
    assistants = tmp_path / "local.toml"
    assistants.write_text(assistants_toml(), "utf-8")
    await relay.stop()
    await relay.start(
        RELAY_UPSTREAM="responses",
        RELAY_CONVERSATIONS="local",
        OPENAI_BASE_URL=upstream.url,
        OPENAI_API_KEY=upstream.key,
        RELAY_ASSISTANTS=str(assistants),
    )
    context = await browser.new_context(base_url=relay.url)
    reader = await Reader.at(context)

    await reader.ask("Function call", "Do I need an umbrella in Porto?")
    await reader.page.locator("form.action").get_by_label("Output").fill("sunny")
    await reader.button("Send the outputs").click()
    await reader.sees_end()
    await reader.ask("Plain text", "And why do cats purr?")
    await reader.sees_end()
    watched = await held_by(reader.page)
    await reader.page.reload()

    assert [whose for *_, whose in brief(watched)] == ["plain-text", None, "function-call", None]
    assert await loaded_by(reader.page) == watched
    history = [item.get("role") for item in upstream.received("responses.create")[-1].body["input"]]
    assert [role for role in history if role] == ["user", "assistant", "user"]
    assert reader.troubles == []
    await context.close()
