"""Serving: from the settings to a relay that listens, and down again when told."""

import asyncio
import gc
import logging
import multiprocessing
import re
import signal
import socket
import sys

from aiohttp import web

from .app import drain, make_app
from .errors import SettingsError, StoreFailed
from .settings import Settings

# Followers have been let go by then; what is left are answers under way.
_SHUTDOWN_SECONDS = 2.0

# Tokens leave next to no garbage in cycles, and each look for it holds them up.
_GC_THRESHOLDS = (100_000, 50, 100)

# How many connections may wait to be taken: a page full of followers comes back all at once.
BACKLOG = 4096


async def serve(settings: Settings, listening: socket.socket | None = None) -> None:
    """Until SIGTERM or SIGINT; a second one ends the process at once.

    `listening` is a socket that several processes share; whoever opened it says where it is.
    """
    check(settings)
    # The SDK's own lines stay out: it has one for each request.
    logging.getLogger(__package__).setLevel(settings.log_level.upper())
    app = make_app(settings)
    runner = web.AppRunner(
        app, handler_cancellation=True, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
    )
    try:
        await runner.setup()
    except StoreFailed as error:
        raise SettingsError(f"RELAY_STORE: {error}") from None
    try:
        stopped = _until_signal()
        if listening is None:
            try:
                await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
            except OSError as error:
                raise cannot_listen(settings, error) from None
            say_where(settings, runner.addresses[0][1])
        else:
            await web.SockSite(runner, listening, backlog=BACKLOG).start()
        # What was imported stays: to look through it for garbage would hold up tokens for 50 ms.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        await stopped.wait()
        if not _is_orphan():
            await drain(app)
    finally:
        await runner.cleanup()


def cannot_listen(settings: Settings, error: OSError) -> SettingsError:
    where = f"{settings.host}:{settings.port}"
    return SettingsError(f"RELAY_HOST, RELAY_PORT: cannot listen at {where}: {error.strerror}")


def say_where(settings: Settings, port: int) -> None:
    address = _address(settings.host, port)
    sys.stdout.write(f"thread-relay: {_upstream(settings)}; open {address}\n")
    sys.stdout.flush()


def check(settings: Settings) -> None:
    """What only matters once the relay is to be served."""
    for path in settings.recordings:
        if not path.exists():
            raise SettingsError(f"RELAY_RECORDINGS: {path} is not there")
    if settings.record and settings.record.exists() and not settings.record.is_dir():
        raise SettingsError(f"RELAY_RECORD: {settings.record} is no folder")
    if not settings.is_loopback and not settings.token:
        raise SettingsError(
            f"RELAY_TOKEN is not set: without it everyone who reaches {settings.host} could use "
            "the relay; set it, or leave RELAY_HOST at 127.0.0.1"
        )


def _is_orphan() -> bool:
    """Whether the process that this one belongs to is gone: then its port is wanted at once."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()


def _until_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)
            signal.signal(name, signal.SIG_DFL)
        stopped.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    parent = multiprocessing.parent_process()
    if parent is not None:
        # One of several processes does not outlive the one that they belong to.
        loop.add_reader(parent.sentinel, stopped.set)
    return stopped


def _upstream(settings: Settings) -> str:
    if settings.upstream == "replay":
        return f"replaying {', '.join(map(str, settings.recordings))}"
    # An address may hold a name and a password.
    address = re.sub(r"//[^/@]*@", "//", settings.openai_base_url or "OpenAI")
    return f"upstream {settings.upstream} at {address}"


def _address(host: str, port: int) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (what to open, not what to bind)
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
