"""The page on a relay process whose upstream speaks Responses; the page itself is the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.page.reader import Reader
from tests.browser.relay_process import RelayProcess
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.configured import assistants_toml


@pytest.fixture
async def upstream(scripted_responses: ScriptedResponses) -> AsyncIterator[ScriptedResponses]:
    yield scripted_responses
    for hold in scripted_responses.stage.holds:
        hold.release()


@pytest.fixture
async def relay(relay: RelayProcess, upstream: ScriptedResponses, tmp_path: Path) -> RelayProcess:
    """Each script is an assistant."""
    assistants = tmp_path / "assistants.toml"
    assistants.write_text(assistants_toml(), "utf-8")
    await relay.start(
        RELAY_UPSTREAM="responses",
        OPENAI_BASE_URL=upstream.url,
        OPENAI_API_KEY=upstream.key,
        RELAY_ASSISTANTS=str(assistants),
    )
    return relay


@pytest.fixture
async def reader(browser: Browser, relay: RelayProcess) -> AsyncIterator[Reader]:
    """Somebody who looks at the page.  Nothing may have gone wrong in the browser meanwhile."""
    context = await browser.new_context(base_url=relay.url, viewport={"width": 1280, "height": 800})
    reader = await Reader.at(context)
    yield reader
    assert reader.troubles == []
    await context.close()
