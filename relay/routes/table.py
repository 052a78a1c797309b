"""Every route, and the action that whoever asks must be allowed; None needs no leave."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from . import events, files, insight, known_runs, pages, runs, threads
from .context import check_ids, relay_of

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_THREAD = "/threads/{thread_id}"
_RUN = _THREAD + "/runs/{run_id}"

ROUTES: tuple[tuple[str, str, str | None, Handler], ...] = (
    ("GET", "/assistants", "read", threads.list_assistants),
    ("POST", "/threads", "write", threads.create_thread),
    ("GET", _THREAD, "read", threads.retrieve_thread),
    ("GET", _THREAD + "/messages", "read", threads.list_messages),
    ("POST", _THREAD + "/messages", "write", threads.create_message),
    ("POST", _THREAD + "/runs", "run", runs.start_run),
    ("GET", _THREAD + "/runs", "read", known_runs.list_runs),
    ("GET", _RUN, "read", known_runs.retrieve_run),
    ("POST", _RUN + "/cancel", "run", runs.cancel_run),
    ("POST", _RUN + "/submit_tool_outputs", "run", runs.submit_tool_outputs),
    ("GET", _THREAD + "/events", "read", events.follow_thread),
    ("GET", _RUN + "/events", "read", events.follow_run),
    ("GET", _THREAD + "/files/{file_id}/content", "read", files.file_content),
    ("GET", "/recordings", "read", events.list_recordings),
    ("GET", "/recordings/{name}/events", "read", events.follow_recording),
    ("GET", "/metrics", "read", insight.metrics),
    ("GET", "/healthz", None, insight.health),
    ("GET", "/readyz", None, insight.readiness),
    ("GET", "/", None, pages.index),
    ("GET", "/web/{path:.+}", None, pages.module),
)


def add_routes(app: web.Application) -> None:
    for method, path, action, handler in ROUTES:
        app.router.add_route(method, path, _guarded(action, handler))
        if method == "GET" and action is None:
            # What probes ask; an event stream has no answer to it.
            app.router.add_route("HEAD", path, _guarded(action, handler))


def _guarded(action: str | None, handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        check_ids(request)
        if action is not None:
            access = relay_of(request).access
            if request.method == "GET":
                access.check_site(request)
            await access.check(request, action, request.match_info.get("thread_id"))
        return await handler(request)

    return guarded
