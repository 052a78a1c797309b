"""Runs over HTTP: with a stream or without."""

from typing import Any

from aiohttp import web

from .acts import last_act, next_act
from .answers import cannot_cancel, missing, outputs_missing, takes_no_outputs
from .moves import Cancel
from .pages import page
from .parts import Json
from .requests import BODY, PLAN, UNHEARD
from .runs import Run
from .stream import StreamedAnswer, send
from .thread_routes import account_of, thread_of


def run_of(request: web.Request) -> Run:
    names = request.match_info
    return account_of(request).run(names["thread"], names["run"])


async def create_run(request: web.Request) -> web.StreamResponse:
    run = account_of(request).new_run(thread_of(request), request[BODY])
    return await _answer(request, run, 0)


async def create_thread_and_run(request: web.Request) -> web.StreamResponse:
    account, body = account_of(request), request[BODY]
    thread = account.new_thread(body.get("thread") or {})
    run = account.new_run(thread, body, tells_of_thread=True)
    return await _answer(request, run, 0)


async def list_runs(request: web.Request) -> web.Response:
    runs = [run.wire() for run in thread_of(request).runs]
    return web.json_response(page(runs, {**request.query}, "run"))


async def retrieve_run(request: web.Request) -> web.Response:
    return web.json_response(run_of(request).wire())


async def list_steps(request: web.Request) -> web.Response:
    steps = [step.wire() for step in run_of(request).steps]
    return web.json_response(page(steps, {**request.query}, "run step"))


async def cancel_run(request: web.Request) -> web.Response:
    """The answer says `cancelling`; the end is told by the stream, or by asking for the run."""
    run, account = run_of(request), account_of(request)
    if not run.is_active:
        raise cannot_cancel(run)
    answer = {**run.wire(), "status": "cancelling", "required_action": None}
    if account.manners.honours_cancel:
        await account.stage.end(run, last_act(run, Cancel()))
    return web.json_response(answer)


async def submit_tool_outputs(request: web.Request) -> web.StreamResponse:
    run = run_of(request)
    if run.status != "requires_action":
        raise takes_no_outputs(run)
    run.outputs[:] = _outputs(run, request[BODY])
    run.status = "queued"
    position = len(run.events)
    account_of(request).stage.start(run, next_act(run))
    return await _answer(request, run, position)


def _outputs(run: Run, body: Json) -> list[str]:
    """All outputs at once, in the order of the calls."""
    entries: Any = body.get("tool_outputs")
    if not isinstance(entries, list):
        raise missing("tool_outputs")
    given = {entry.get("tool_call_id"): entry.get("output") or "" for entry in entries}
    if set(given) != set(run.waiting):
        raise outputs_missing([*run.waiting], [str(name) for name in given])
    return [given[name] for name in run.waiting]


async def _answer(request: web.Request, run: Run, position: int) -> web.StreamResponse:
    if request[UNHEARD] or not request[BODY].get("stream"):
        return web.json_response(run.wire())
    manners = account_of(request).manners
    answer = StreamedAnswer(request, manners.framing)
    await answer.begin(
        compressed=manners.gzip and "gzip" in request.headers.get("Accept-Encoding", "")
    )
    return await send(answer, run.told.follow(position), manners.framing, request[PLAN])
