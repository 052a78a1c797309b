"""What all scripted servers do: they listen on loopback, and do what a test tells them."""

from collections.abc import Sequence
from typing import Any, Generic, Self, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Middleware

from .faults import Fault, Faults, Refuse
from .requests import FAULTS, KEY, RECEIVED, Handler, Received, receive
from .stage import Hold, Run, Stage

API_KEY = "sk-scripted-0123456789abcdefghij"

# Method, path, the name of the operation, and who answers.
Route: TypeAlias = tuple[str, str, str, Handler]


class ScriptedServer(Generic[Run]):
    """A server on loopback.  `async with` starts and stops it.

    `hold` stops runs at an event, `fail_next` plans a fault, `received` tells what was asked.
    """

    def __init__(
        self,
        *,
        port: int,
        stage: Stage[Run],
        routes: Sequence[Route],
        state: tuple[web.AppKey[Any], object],
        middlewares: Sequence[Middleware] = (),
    ) -> None:
        self.port = port
        self.key = API_KEY
        self.stage = stage
        self.requests: list[Received] = []
        self._routes = routes
        # What the routes work on, under the key by which they ask for it.
        self._state = state
        self._middlewares = middlewares
        self._faults = Faults()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What an OpenAI client takes as its `base_url`."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen; after `stop` on the same port again, with all that was there before."""
        self._runner = web.AppRunner(self._app(), handler_cancellation=True, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be gone: connections are cut and new ones refused.  Runs go on."""
        if self._runner:
            await self._runner.cleanup()

    async def close(self) -> None:
        await self.stop()
        await self.stage.close()

    def hold(self, after_event: int | str, thread_id: str | None = None) -> Hold:
        """Stop runs after this event, by number (from 1) or name, until the hold is released."""
        hold = Hold(after_event, thread_id)
        self.stage.holds.append(hold)
        return hold

    def fail_next(self, operation: str, fault: Fault | None = None, **refusal: Any) -> None:
        """Plan what the next request of this operation meets: a fault, or `status=429`, …"""
        self._faults.add(operation, fault or Refuse(**refusal))

    def received(self, operation: str) -> list[Received]:
        return [request for request in self.requests if request.operation == operation]

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[receive, *self._middlewares])
        app[KEY] = self.key
        app[FAULTS] = self._faults
        app[RECEIVED] = self.requests
        key, state = self._state
        app[key] = state
        for method, path, name, handler in self._routes:
            app.router.add_route(method, path, handler, name=name)
        return app
