"""The scripted server: `python -m tests.scripted.assistants --port 9000 --rate 50`."""

import argparse
import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping

from aiohttp import web

from . import run_routes, thread_routes
from .account import Account, Manners
from .acts import last_act
from .answers import no_beta
from .moves import Cancel, Expire, Script
from .requests import Handler
from .runs import Run
from .scripts import SCRIPTS
from .server import Route, ScriptedServer
from .stage import Rate, Stage
from .thread_routes import ACCOUNT
from .threads import Thread

ROUTES: list[Route] = [
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


@web.middleware
async def needs_beta(request: web.Request, handler: Handler) -> web.StreamResponse:
    is_beta = request.headers.get("OpenAI-Beta") == "assistants=v2"
    if not is_beta and not request.path.startswith("/v1/files/"):
        raise no_beta()
    return await handler(request)


class ScriptedAssistants(ScriptedServer[Run]):
    """Threads and runs, each assistant a script."""

    def __init__(
        self,
        *,
        port: int = 0,
        rate: Rate = None,
        seed: str = "scripted",
        scripts: Mapping[str, Script] = SCRIPTS,
        now: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        stage: Stage[Run] = Stage(rate)
        self.account = Account(seed=seed, scripts=scripts, stage=stage, now=now)
        super().__init__(
            port=port,
            stage=stage,
            routes=ROUTES,
            state=(ACCOUNT, self.account),
            middlewares=[needs_beta],
        )

    @property
    def manners(self) -> Manners:
        return self.account.manners

    def thread(self, thread_id: str) -> Thread:
        return self.account.thread(thread_id)

    def run(self, run_id: str) -> Run:
        runs = [run for thread in self.account.threads.values() for run in thread.runs]
        return next(run for run in runs if run.id == run_id)

    async def finished(self, run_id: str) -> None:
        """Wait until a run has ended or waits for outputs, whoever listens."""
        await self.stage.finished(self.run(run_id))

    async def cancel(self, run_id: str) -> None:
        """Let a run end as if somebody had cancelled it."""
        run = self.run(run_id)
        await self.stage.end(run, last_act(run, Cancel()))

    async def expire(self, run_id: str) -> None:
        """Let a run's ten minutes be over."""
        run = self.run(run_id)
        await self.stage.end(run, last_act(run, Expire()))


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
