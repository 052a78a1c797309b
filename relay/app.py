"""The wiring: what a relay is made of, and how it starts and stops."""

from collections.abc import AsyncIterator

from aiohttp import web

from .access import Access, Authorize
from .answers import common_headers, refusals
from .exposition import Exposition
from .logs.choice import open_store
from .measures import Measures
from .readiness import Readiness
from .recording import Recordings
from .routes import add_routes
from .routes.context import RELAY, Relay
from .runs.desk import Desk
from .runs.threads import Threads
from .settings import Settings
from .upstreams import Upstream
from .upstreams.choice import open_upstream
from .upstreams.counted import CountedUpstream


def make_app(
    settings: Settings, *, authorize: Authorize | None = None, upstream: Upstream | None = None
) -> web.Application:
    """A relay.  `authorize(request, action, thread_id)` decides who may `read`, `write` and `run`;
    it is asked on every route, and again on every reconnect.

    Raises SettingsError, and RecordingError for a recording that cannot be read.
    """
    recordings = Recordings(settings.recordings)
    store = open_store(settings)
    measures = Measures()
    opened = upstream or open_upstream(settings, recordings, store.notes("items"))
    counted = CountedUpstream(opened, measures.upstream_errors)
    threads = Threads(settings, counted, store, measures)
    access = Access(settings, authorize)
    app = web.Application(middlewares=[refusals(access)], client_max_size=settings.max_body_bytes)
    app[RELAY] = Relay(
        settings=settings,
        upstream=counted,
        store=store,
        threads=threads,
        desk=Desk(store, threads, settings.request_timeout),
        recordings=recordings,
        access=access,
        measures=measures,
        exposition=Exposition(measures, threads, store, is_one_of_many=settings.workers > 1),
        readiness=Readiness(store),
    )
    app.on_response_prepare.append(common_headers(access))
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_shut_down)
    add_routes(app)
    return app


async def drain(app: web.Application) -> None:
    """Take no new runs, give those in progress their time, then let all followers go.

    Called before the server stops listening, so that `/healthz` can tell it.
    """
    relay = app[RELAY]
    await relay.threads.drain(relay.settings.drain_seconds)


async def _running(app: web.Application) -> AsyncIterator[None]:
    relay = app[RELAY]
    await relay.store.start()
    try:
        async with relay.threads.sweeping(), relay.desk.open():
            yield
    finally:
        await relay.upstream.close()
        await relay.store.close()


async def _shut_down(app: web.Application) -> None:
    await app[RELAY].threads.drain(0)
