"""The command line of a scripted server."""

import argparse
import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from .server import ScriptedServer
from .stage import Rate


def serve_until_stopped(
    server: Callable[..., ScriptedServer[Any, Any]], api: str, scripts: Iterable[str]
) -> None:
    """Say where it listens and what its scripts are; Ctrl-C ends it."""
    parser = argparse.ArgumentParser(description=f"A scripted {api} API on loopback.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--rate", type=float, help="events per second (default: each script's own)")
    options = parser.parse_args()

    async def serve(port: int, rate: Rate) -> None:
        async with server(port=port, rate=rate) as started:
            print(f"OPENAI_BASE_URL={started.url} OPENAI_API_KEY={started.key}", flush=True)  # noqa: T201
            print("Scripts:", ", ".join(scripts), flush=True)  # noqa: T201
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.rate or "own"))
