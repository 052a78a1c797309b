"""The scripted server: `python -m tests.scripted.assistants --port 9000 --rate 50`."""

from functools import partial
from typing import Unpack

from aiohttp import web

from . import run_routes, thread_routes
from .account import Account, Manners
from .acts import last_act
from .answers import no_beta
from .command import serve_until_stopped
from .moves import Cancel, Expire
from .requests import Handler
from .runs import Run
from .scripts import SCRIPTS
from .server import Options, Route, ScriptedServer
from .thread_routes import ACCOUNT
from .threads import Thread

_THREAD = "/v1/threads/{thread}"
_MESSAGES = f"{_THREAD}/messages"
_RUNS = f"{_THREAD}/runs"
_RUN = f"{_RUNS}/{{run}}"
_OUTPUTS = f"{_RUN}/submit_tool_outputs"
_ASSISTANT = "/v1/assistants/{assistant}"

ROUTES: list[Route] = [
    ("POST", "/v1/threads", "threads.create", thread_routes.create_thread),
    ("POST", "/v1/threads/runs", "threads.create_and_run", run_routes.create_thread_and_run),
    ("GET", _THREAD, "threads.retrieve", thread_routes.retrieve_thread),
    ("POST", _MESSAGES, "messages.create", thread_routes.create_message),
    ("GET", _MESSAGES, "messages.list", thread_routes.list_messages),
    ("GET", f"{_MESSAGES}/{{message}}", "messages.retrieve", thread_routes.retrieve_message),
    ("POST", _RUNS, "runs.create", run_routes.create_run),
    ("GET", _RUNS, "runs.list", run_routes.list_runs),
    ("GET", _RUN, "runs.retrieve", run_routes.retrieve_run),
    ("POST", f"{_RUN}/cancel", "runs.cancel", run_routes.cancel_run),
    ("POST", _OUTPUTS, "runs.submit_tool_outputs", run_routes.submit_tool_outputs),
    ("GET", f"{_RUN}/steps", "runs.steps", run_routes.list_steps),
    ("GET", "/v1/assistants", "assistants.list", thread_routes.list_assistants),
    ("GET", _ASSISTANT, "assistants.retrieve", thread_routes.retrieve_assistant),
    ("GET", "/v1/files/{file}", "files.retrieve", thread_routes.retrieve_file),
    ("GET", "/v1/files/{file}/content", "files.content", thread_routes.file_content),
]


@web.middleware
async def needs_beta(request: web.Request, handler: Handler) -> web.StreamResponse:
    is_beta = request.headers.get("OpenAI-Beta") == "assistants=v2"
    if not is_beta and not request.path.startswith("/v1/files/"):
        raise no_beta()
    return await handler(request)


class ScriptedAssistants(ScriptedServer[Run, Account]):
    """Threads and runs, each assistant a script."""

    def __init__(self, **options: Unpack[Options]) -> None:
        account = partial(Account, scripts=SCRIPTS)
        super().__init__(account, ACCOUNT, ROUTES, middlewares=[needs_beta], **options)

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


if __name__ == "__main__":
    serve_until_stopped(ScriptedAssistants, "Assistants", SCRIPTS)
