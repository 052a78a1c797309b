"""The scripted server: `python -m tests.scripted.assistants --port 9000 --rate 50`."""

import argparse
import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from . import run_routes, thread_routes
from .account import Account, Manners
from .faults import Fault, Faults, Refuse
from .moves import Script
from .requests import ACCOUNT, FAULTS, KEY, RECEIVED, Handler, Received, receive
from .runs import Run
from .scripts import SCRIPTS
from .stage import Hold, Rate, Stage
from .threads import Thread

API_KEY = "sk-scripted-0123456789abcdefghij"

ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", "/v1/threads", "threads.create", thread_routes.create_thread),
    ("POST", "/v1/threads/runs", "threads.create_and_run", run_routes.create_thread_and_run),
    ("GET", "/v1/threads/{thread}", "threads.retrieve", thread_routes.retrieve_thread),
    ("POST", "/v1/threads/{thread}/messages", "messages.create", thread_routes.create_message),
    ("GET", "/v1/threads/{thread}/messages", "messages.list", thread_routes.list_messages),
    (
        "GET",
        "/v1/threads/{thread}/messages/{message}",
        "messages.retrieve",
        thread_routes.retrieve_message,
    ),
    ("POST", "/v1/threads/{thread}/runs", "runs.create", run_routes.create_run),
    ("GET", "/v1/threads/{thread}/runs", "runs.list", run_routes.list_runs),
    ("GET", "/v1/threads/{thread}/runs/{run}", "runs.retrieve", run_routes.retrieve_run),
    ("POST", "/v1/threads/{thread}/runs/{run}/cancel", "runs.cancel", run_routes.cancel_run),
    (
        "POST",
        "/v1/threads/{thread}/runs/{run}/submit_tool_outputs",
        "runs.submit_tool_outputs",
        run_routes.submit_tool_outputs,
    ),
    ("GET", "/v1/threads/{thread}/runs/{run}/steps", "runs.steps", run_routes.list_steps),
    ("GET", "/v1/assistants", "assistants.list", thread_routes.list_assistants),
    (
        "GET",
        "/v1/assistants/{assistant}",
        "assistants.retrieve",
        thread_routes.retrieve_assistant,
    ),
    ("GET", "/v1/files/{file}", "files.retrieve", thread_routes.retrieve_file),
    ("GET", "/v1/files/{file}/content", "files.content", thread_routes.file_content),
]


class ScriptedAssistants:
    """A server on loopback.  `async with` starts and stops it.

    `hold` stops runs at an event, `fail_next` plans a fault, `received` tells what was asked.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        rate: Rate = None,
        seed: str = "scripted",
        scripts: Mapping[str, Script] = SCRIPTS,
        now: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        self.port = port
        self.key = API_KEY
        self.stage = Stage(rate)
        self.account = Account(seed=seed, scripts=scripts, stage=self.stage, now=now)
        self.requests: list[Received] = []
        self._faults = Faults()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What an OpenAI client takes as its `base_url`."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def manners(self) -> Manners:
        return self.account.manners

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

    def thread(self, thread_id: str) -> Thread:
        return self.account.thread(thread_id)

    def run(self, run_id: str) -> Run:
        runs = [run for thread in self.account.threads.values() for run in thread.runs]
        return next(run for run in runs if run.id == run_id)

    async def finished(self, run_id: str) -> None:
        """Wait until a run has ended or waits for outputs, whoever listens."""
        await self.stage.finished(self.run(run_id))

    async def expire(self, run_id: str) -> None:
        """Let a run's ten minutes be over."""
        await self.stage.expire(self.run(run_id))

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[receive])
        app[ACCOUNT] = self.account
        app[KEY] = self.key
        app[FAULTS] = self._faults
        app[RECEIVED] = self.requests
        for method, path, name, handler in ROUTES:
            app.router.add_route(method, path, handler, name=name)
        return app


async def serve(port: int, rate: Rate) -> None:
    async with ScriptedAssistants(port=port, rate=rate) as server:
        print(f"OPENAI_BASE_URL={server.url} OPENAI_API_KEY={server.key}")  # noqa: T201
        print("Assistants:", ", ".join(SCRIPTS))  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted Assistants API on loopback.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--rate", type=float, help="events per second (default: each script's own)")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.rate or "own"))


if __name__ == "__main__":
    main()
