"""The page in a real browser, on a relay, on the scripted server."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.page.reader import Reader
from tests.browser.page.relaying import Relaying
from tests.scripted.assistants import ScriptedAssistants


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
async def reader(browser: Browser, address: str) -> AsyncIterator[Reader]:
    """Somebody who looks at the page.  Nothing may have gone wrong in the browser meanwhile."""
    context = await browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    reader = await Reader.at(context)
    yield reader
    assert reader.troubles == []
    await context.close()
