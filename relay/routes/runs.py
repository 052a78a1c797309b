"""Runs: starting them, going on with them, and stopping them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ..errors import BadRequest, Conflict, NotFound, RelayError, StartUnknown, UpstreamRefused
from ..frames import json_text
from ..passing import Passing
from ..runs.kept_answers import Codec
from ..runs.request import RunRequest
from ..runs.run import Run, Span
from ..runs.thread import Thread
from ..runs.tool_outputs import call_ids
from .bodies import Cancel, NewRun, ToolOutputs
from .context import Relay, body_of, key_of, relay_of, thread_of
from .known_runs import run_of, shown, told_of


@dataclass(frozen=True, slots=True)
class _Started:
    """A run, and the stream of it that the request began; none if it only waits for its turn."""

    run: Run
    span: Span | None


def _codec(thread: Thread, span_of: Callable[[Run], Span | None]) -> Codec[_Started]:
    """A run is kept by its id, and knows its streams."""

    async def read(run_id: str) -> _Started:
        # Another relay may have answered before its run was seen here.
        await thread.refresh()
        run = thread.book.run(run_id)
        return _Started(run, span_of(run))

    # A thread knows under which keys it started runs, and which calls have been answered.
    return Codec(write=lambda started: started.run.id, read=read, may_repeat=True)


async def start_run(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    body = await body_of(request, NewRun)
    if body.stream:
        _check_stream(relay, body.assistant_id, body.if_busy)
    with _counted(relay, is_stream=body.stream):
        return await _start(request, relay, body)


async def _start(request: web.Request, relay: Relay, body: NewRun) -> web.StreamResponse:
    thread, key = await thread_of(request), key_of(request, "runs")
    wanted = RunRequest(
        assistant_id=body.assistant_id,
        additional_messages=[
            message.model_dump(exclude_none=True) for message in body.additional_messages or ()
        ],
        if_busy=body.if_busy,
        metadata=body.metadata,
        waits=bool(body.stream),
        key=key.name if key else None,
    )

    async def start() -> _Started:
        run = await relay.desk.start(thread, wanted)
        return _Started(run, run.first_span)

    codec = _codec(thread, lambda run: run.first_span)
    started = await relay.threads.keys.once(key, body.model_dump_json(), start, codec)
    if body.stream:
        return await _pass_on(request, relay, thread, started)
    is_queued = started.span is None and started.run.status == "queued"
    status = 202 if is_queued else 201
    return web.json_response(shown(started.run), status=status, dumps=json_text)


async def cancel_run(request: web.Request) -> web.Response:
    relay = relay_of(request)
    thread_id, run_id = request.match_info["thread_id"], request.match_info["run_id"]
    body = await body_of(request, Cancel)

    async def cancel() -> dict[str, Any]:
        try:
            thread, run = await run_of(request)
        except NotFound as unknown:
            return await _cancel_upstream(relay, thread_id, run_id, unknown)
        await relay.desk.cancel(thread, run, queued=body.queued)
        return shown(run)

    # In a task of its own: a client that leaves must not leave a run half cancelled.
    run = await relay.threads.keys.once(None, "", cancel)
    return web.json_response(run, dumps=json_text)


async def _cancel_upstream(
    relay: Relay, thread_id: str, run_id: str, unknown: NotFound
) -> dict[str, Any]:
    """A run from before a restart goes on upstream, and its thread is busy until it ends."""
    try:
        # A run of another thread is not to be cancelled through this one.
        await relay.upstream.retrieve_run(thread_id, run_id)
        await relay.upstream.cancel_run(thread_id, run_id)
    except UpstreamRefused as refusal:
        if refusal.upstream_status == unknown.status:
            raise unknown from None
        raise
    return await told_of(relay, thread_id, run_id)


async def submit_tool_outputs(request: web.Request) -> web.StreamResponse:
    relay = relay_of(request)
    body = await body_of(request, ToolOutputs)
    if body.stream:
        _check_stream(relay, (await run_of(request))[1].assistant_id, "reject")
    with _counted(relay, is_stream=body.stream):
        return await _submit(request, relay, body)


async def _submit(request: web.Request, relay: Relay, body: ToolOutputs) -> web.StreamResponse:
    thread, run = await run_of(request)
    outputs = [output.model_dump() for output in body.tool_outputs]
    ids = [output["tool_call_id"] for output in outputs]
    if len(set(ids)) < len(ids):
        raise BadRequest("a tool call is answered twice", param="tool_outputs")

    async def submit() -> _Started:
        return _Started(run, await relay.desk.submit(thread, run, outputs))

    key = key_of(request, f"runs/{run.id}/submit_tool_outputs")
    codec = _codec(thread, lambda run: run.answer_to(call_ids(outputs)))
    started = await relay.threads.keys.once(key, body.model_dump_json(), submit, codec)
    if body.stream:
        return await _pass_on(request, relay, thread, started)
    return web.json_response(shown(run), dumps=json_text)


@contextmanager
def _counted(relay: Relay, *, is_stream: bool | None) -> Iterator[None]:
    """From before the start on: who cannot be answered with a stream must not have started one."""
    if is_stream:
        with relay.threads.followers.counted():
            yield
    else:
        yield


def _check_stream(relay: Relay, assistant_id: str, if_busy: str) -> None:
    if not relay.upstream.speaks_threads(assistant_id):
        raise BadRequest("this upstream has no thread.* stream to pass on", param="stream")
    if if_busy == "enqueue":
        raise BadRequest("a run that waits for its turn has no stream yet", param="if_busy")


async def _pass_on(
    request: web.Request, relay: Relay, thread: Thread, started: _Started
) -> web.StreamResponse:
    if started.span is None:
        raise _no_stream(started.run)
    return await Passing(request, thread.feed, started.run, started.span, relay.settings).respond()


def _no_stream(run: Run) -> RelayError:
    """Why there is nothing to pass on."""
    if run.status == "cancelled":
        return Conflict("the run was cancelled before the upstream began it")
    if run.last_error is not None:
        return StartUnknown(str(run.last_error["message"]))
    return StartUnknown("whether the upstream took the tool outputs is unknown: follow the run")
