"""Runs as they are shown: pages of them, single ones, and those that only the upstream knows."""

from typing import Any

from aiohttp import web

from ..errors import BadRequest, NotFound
from ..frames import json_text
from ..listing import list_object
from ..runs.run import Run
from ..runs.thread import Thread
from .context import Relay, check_query, number_of, order_of, relay_of


async def list_runs(request: web.Request) -> web.Response:
    check_query(request, {"limit", "order", "after"})
    thread = await relay_of(request).threads.known(request.match_info["thread_id"])
    runs = thread.book.runs() if thread else []
    if order_of(request) == "asc":
        runs.reverse()
    rest = runs[_place_after(runs, request.query.get("after")) :]
    limit = number_of(request, "limit", 20, 1, 100)
    page = list_object([shown(run) for run in rest[: limit + 1]], limit, more=False)
    return web.json_response(page, dumps=json_text)


async def retrieve_run(request: web.Request) -> web.Response:
    try:
        run = shown((await run_of(request))[1])
    except NotFound:
        thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
        run = await told_of(relay_of(request), thread_id, run_id)
    return web.json_response(run, dumps=json_text)


async def run_of(request: web.Request) -> tuple[Thread, Run]:
    """Raises NotFound if the relay does not know it."""
    thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
    thread = await relay_of(request).threads.known(thread_id)
    if thread is None:
        raise NotFound(f"no run {run_id} on thread {thread_id}", param="run_id")
    return thread, thread.book.run(run_id)


def shown(run: Run) -> dict[str, Any]:
    return run.to_json() | {"events_url": f"/threads/{run.thread_id}/runs/{run.id}/events"}


async def told_of(relay: Relay, thread_id: str, run_id: str) -> dict[str, Any]:
    """A run from before a restart, or of somebody else, as far as the upstream tells of it."""
    told = await relay.upstream.retrieve_run(thread_id, run_id)
    status = str(told.get("status", "in_progress"))
    run = Run(thread_id=thread_id, assistant_id="", id=run_id, status=status)
    run.hear({"upstream_id": run_id, **told})
    return run.to_json() | {"assistant_id": None, "created_at": None}


def _place_after(runs: list[Run], run_id: str | None) -> int:
    if run_id is None:
        return 0
    for place, run in enumerate(runs, 1):
        if run.is_called(run_id):
            return place
    raise BadRequest(f"no run {run_id} to go on after", param="after")
