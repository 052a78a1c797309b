"""The library in a page with the real React, that comes from another origin than the relay."""

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from tests.browser.library.visitor import Visitor
from tests.browser.relay_process import ROOT, RelayProcess
from tests.scripted.assistants import ScriptedAssistants

_PAGE = "<!doctype html><meta charset=utf-8><title>React</title><div id=root></div>"
_SCRIPT = '<script type="module" src="/page.js"></script>'


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's script with the library and React, as a developer's own build makes it."""
    bundle = tmp_path_factory.mktemp("bundle") / "page.js"
    command: list[str | Path] = [
        ROOT / "web/node_modules/.bin/esbuild",
        ROOT / "tests/browser/library/page.jsx",
        "--bundle",
        "--format=esm",
        "--jsx=automatic",
        # StrictMode does effects twice only in React's development build.
        '--define:process.env.NODE_ENV="development"',
        f"--alias:thread-relay={ROOT / 'web/index.js'}",
        f"--outfile={bundle}",
        "--log-level=warning",
    ]
    environment = {**os.environ, "NODE_PATH": str(ROOT / "web/node_modules")}
    subprocess.run(command, check=True, env=environment)
    return bundle


@pytest.fixture
async def site(bundle: Path) -> AsyncIterator[str]:
    """Where the page is."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=_PAGE + _SCRIPT, content_type="text/html")

    async def script(_: web.Request) -> web.FileResponse:
        return web.FileResponse(bundle)

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/page.js", script)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def relay(
    relay: RelayProcess, scripted: ScriptedAssistants, site: str
) -> AsyncIterator[RelayProcess]:
    """A relay on the scripted server, that lets the page's origin in."""
    await relay.start(
        RELAY_UPSTREAM="assistants",
        OPENAI_BASE_URL=scripted.url,
        OPENAI_API_KEY=scripted.key,
        RELAY_ORIGINS=site,
    )
    yield relay
    for hold in scripted.stage.holds:
        hold.release()


@pytest.fixture
async def new_thread(relay: RelayProcess) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes a thread and tells its id."""
    async with ClientSession(relay.url) as session:

        async def make() -> str:
            async with session.post("/threads", json={}) as response:
                return str((await response.json())["id"])

        yield make


@pytest.fixture
async def thread(new_thread: Callable[[], Awaitable[str]]) -> str:
    return await new_thread()


@pytest.fixture
async def visitor(browser: Browser, site: str, relay: RelayProcess) -> AsyncIterator[Visitor]:
    context = await browser.new_context()
    visitor = Visitor(await context.new_page(), site, relay.url)
    yield visitor
    assert visitor.errors == []
    await context.close()
