"""What all scripted servers do: they listen on loopback, and do what a test tells them."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeAlias, TypedDict, TypeVar, Unpack

from aiohttp import web
from aiohttp.typedefs import Middleware

from .faults import Fault, Faults, Refuse
from .requests import FAULTS, KEY, RECEIVED, Handler, Received, receive
from .stage import Hold, Rate, Run, Stage

API_KEY = "sk-scripted-0123456789abcdefghij"

# Method, path, the name of the operation, and who answers.
Route: TypeAlias = tuple[str, str, str, Handler]

# What a server keeps.
Kept = TypeVar("Kept")


class Options(TypedDict, total=False):
    """What whoever starts a server may say of it; by itself it is as fast as it goes."""

    # 0: a free one.
    port: int
    rate: Rate
    seed: str
    now: Callable[[], int]


class ScriptedServer(Generic[Run, Kept]):
    """A server on loopback.  `async with` starts and stops it.

    `hold` stops runs at an event, `fail_next` plans a fault, `received` tells what was asked.
    """

    def __init__(
        self,
        account: Callable[..., Kept],
        # Under which the routes ask for the account.
        account_key: web.AppKey[Kept],
        routes: Sequence[Route],
        middlewares: Sequence[Middleware] = (),
        **options: Unpack[Options],
    ) -> None:
        self.port = options.get("port", 0)
        self.key = API_KEY
        self.stage: Stage[Run] = Stage(options.get("rate"))
        self.account = account(
            seed=options.get("seed", "scripted"),
            stage=self.stage,
            now=options.get("now", lambda: int(time.time())),
        )
        self.requests: list[Received] = []
        self._account_key = account_key
        self._routes = routes
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
        app[self._account_key] = self.account
        for method, path, name, handler in self._routes:
            app.router.add_route(method, path, handler, name=name)
        return app
