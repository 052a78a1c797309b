"""The page in a real browser, on a relay, on the scripted server."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.page.reader import Reader
from tests.browser.page.relaying import Relaying
from tests.scripted.assistants import ScriptedAssistants

# In a container there is no sandbox and no GPU; and a test's browser has no business elsewhere.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def relaying(scripted: ScriptedAssistants) -> AsyncIterator[Relaying]:
    """A relay that has the scripted server as its upstream."""
    relaying = Relaying(scripted)
    await relaying.start()
    yield relaying
    for hold in scripted.stage.holds:
        hold.release()
    await relaying.stop()


@pytest.fixture
def address(relaying: Relaying) -> str:
    return relaying.address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def reader(browser: Browser, address: str) -> AsyncIterator[Reader]:
    """Somebody who looks at the page.  Nothing may have gone wrong in the browser meanwhile."""
    context = await browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    reader = await Reader.at(context)
    yield reader
    assert reader.troubles == []
    await context.close()
