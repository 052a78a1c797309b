"""What all tests in a browser share: the browser, and a relay in a process of its own."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.relay_process import RelayProcess

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
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def relay() -> AsyncIterator[RelayProcess]:
    """Not started yet: `await relay.start(RELAY_UPSTREAM="replay")`, with settings by name."""
    relay = RelayProcess()
    yield relay
    await relay.stop()
