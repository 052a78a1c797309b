"""Applications that listen on this machine while a test needs them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


@asynccontextmanager
async def listening(app: web.Application, **options: Any) -> AsyncIterator[str]:
    """Its address, on a free port.  By itself it cuts its connections at the end."""
    options = {"shutdown_timeout": 0, **options}
    runner = web.AppRunner(app, handler_cancellation=True, **options)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
