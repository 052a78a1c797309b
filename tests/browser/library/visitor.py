"""Somebody in front of the page, who also looks into its network."""

from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Error, Locator, Page, Request

# Keeps every EventSource of the page, to look at later, and the ids of all events that came.
_KEEP_SOURCES = """
  window.sources = []
  window.heard = []
  window.hear = ({ lastEventId }) => window.heard.push(lastEventId)
  window.EventSource = class extends EventSource {
    constructor(...given) { super(...given); this.failures = 0; window.sources.push(this)
      this.names = new Set(['open', 'error', 'relay.ping'])
      this.addEventListener('error', () => { this.failures += 1 }) }
    addEventListener(name, ...given) {
      if (!this.names.has(name)) super.addEventListener(name, window.hear)
      this.names.add(name)
      super.addEventListener(name, ...given) }
  }
"""


class Visitor:
    def __init__(self, page: Page, site: str, relay: str) -> None:
        self.page = page
        self._site = site
        self._relay = relay
        # What scripts threw.
        self.errors: list[str] = []
        self._requests: list[str] = []
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)

    def _on_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def _on_request(self, request: Request) -> None:
        self._requests.append(f"{request.method} {request.url.removeprefix(self._relay)}")

    async def open(self, effect: str, thread: str) -> None:
        """The page, with a component that loads the thread in this way."""
        await self.page.add_init_script(_KEEP_SOURCES)
        query = urlencode({"effect": effect, "relay": self._relay, "thread": thread})
        await self.page.goto(f"{self._site}/?{query}")

    def requests(self, beginning: str) -> list[str]:
        return [request for request in self._requests if request.startswith(beginning)]

    async def call(self, name: str, *given: Any) -> Any:
        """Call a function of the library, with the page's own `set`."""
        return await self.page.evaluate(
            "([name, given]) => window.call(name, ...given)", [name, [*given]]
        )

    async def begin(self, name: str, *given: Any) -> None:
        """Call a function of the library, and leave its promise to the page."""
        await self.page.evaluate(
            "([name, given]) => { window.pending = window.call(name, ...given) }", [name, [*given]]
        )

    async def ending(self) -> Any:
        """What the promise resolves with that `begin` left."""
        return await self.page.evaluate("() => window.pending")

    @property
    def messages(self) -> Locator:
        """Newest first."""
        return self.page.locator("article")

    @property
    def connection(self) -> Locator:
        return self.page.locator("#connection")

    async def states(self) -> list[int]:
        """Of every EventSource that the page has opened, in order: 0, 1, or 2, which is closed."""
        states: list[int] = await self.page.evaluate("window.sources.map((s) => s.readyState)")
        return states

    async def heard(self) -> list[str]:
        """The ids of all events that have come, over whatever connection."""
        heard: list[str] = await self.page.evaluate("window.heard")
        return heard

    async def list(self) -> list[Any]:
        """The thread list, as the component has it."""
        held: list[Any] = await self.page.evaluate("window.list")
        return held
