"""Runs: starting, watching and stopping them."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ..errors import BadRequest, NotFound, StartUnknown
from ..passing import Passing
from ..runs.run import Run, Span
from ..runs.thread import RunRequest, Thread
from .bodies import Cancel, NewRun, ToolOutputs
from .context import Relay, body_of, key_of, relay_of, thread_of


@dataclass(frozen=True, slots=True)
class _Started:
    """A run, and the stream of it that the request began; none if it only waits for its turn."""

    run: Run
    span: Span | None


async def start_run(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    body = await body_of(request, NewRun)
    if body.stream:
        _check_stream(relay, body.if_busy)
    thread = thread_of(request)
    wanted = RunRequest(
        assistant_id=body.assistant_id,
        additional_messages=[
            message.model_dump(exclude_none=True) for message in body.additional_messages or ()
        ],
        if_busy=body.if_busy,
        metadata=body.metadata,
        waits=bool(body.stream),
    )

    async def start() -> _Started:
        run = await thread.start(wanted)
        return _Started(run, run.spans[0] if run.spans else None)

    key = key_of(request, "runs")
    started = await relay.threads.keys.once(key, body.model_dump_json(), start)
    if body.stream:
        return await _pass_on(request, relay, thread, started)
    is_queued = started.span is None and started.run.status == "queued"
    return web.json_response(_shown(started.run), status=202 if is_queued else 201)


async def list_runs(request: web.Request) -> web.Response:
    thread = relay_of(request).threads.find(request.match_info["thread_id"])
    runs = [_shown(run) for run in thread.runs()] if thread else []
    ends = {"first_id": runs[0]["id"], "last_id": runs[-1]["id"]} if runs else {}
    return web.json_response(
        {
            "object": "list",
            "data": runs,
            "first_id": None,
            "last_id": None,
            **ends,
            "has_more": False,
        }
    )


async def retrieve_run(request: web.Request) -> web.Response:
    try:
        return web.json_response(_shown(_run_of(request)[1]))
    except NotFound:
        # A run from before a restart, or of somebody else: the upstream may know it.
        thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
        told = await relay_of(request).upstream.retrieve_run(thread_id, run_id)
        return web.json_response({**_unknown(thread_id, run_id), **told})


async def cancel_run(request: web.Request) -> web.Response:
    body = await body_of(request, Cancel)
    thread, run = _run_of(request)
    # In a task of its own: a client that leaves must not leave a run half cancelled.
    await relay_of(request).threads.keys.once(
        None, "", lambda: thread.cancel(run, queued=body.queued)
    )
    return web.json_response(_shown(run))


async def submit_tool_outputs(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    body = await body_of(request, ToolOutputs)
    if body.stream:
        _check_stream(relay, "reject")
    thread, run = _run_of(request)
    outputs = [output.model_dump() for output in body.tool_outputs]
    ids = [output["tool_call_id"] for output in outputs]
    if len(set(ids)) < len(ids):
        raise BadRequest("a tool call is answered twice", param="tool_outputs")

    async def submit() -> _Started:
        return _Started(run, await thread.submit(run, outputs))

    key = key_of(request, f"runs/{run.id}/submit_tool_outputs")
    started = await relay.threads.keys.once(key, body.model_dump_json(), submit)
    if body.stream:
        return await _pass_on(request, relay, thread, started)
    return web.json_response(_shown(run))


def _check_stream(relay: Relay, if_busy: str) -> None:
    if not relay.upstream.speaks_threads:
        raise BadRequest("this upstream has no thread.* stream to pass on", param="stream")
    if if_busy == "enqueue":
        raise BadRequest("a run that waits for its turn has no stream yet", param="if_busy")


async def _pass_on(
    request: web.Request, relay: Relay, thread: Thread, started: _Started
) -> web.StreamResponse:
    if started.span is None:
        error = started.run.last_error or {"message": "the run was cancelled before its turn"}
        raise StartUnknown(str(error["message"]))
    return await Passing(request, thread.feed, started.run, started.span, relay.settings).respond()


def _run_of(request: web.Request) -> tuple[Thread, Run]:
    thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
    thread = relay_of(request).threads.find(thread_id)
    if thread is None:
        raise NotFound(f"no run {run_id} on thread {thread_id}", param="run_id")
    return thread, thread.run(run_id)


def _unknown(thread_id: str, run_id: str) -> dict[str, Any]:
    """A run of which only the upstream knows more."""
    return {
        "id": run_id,
        "object": "thread.run",
        "thread_id": thread_id,
        "upstream_ids": [run_id],
    }


def _shown(run: Run) -> dict[str, Any]:
    return run.to_json() | {"events_url": f"/threads/{run.thread_id}/runs/{run.id}/events"}
