"""`python -m tests.scripted.responses --port 9000 --rate 50`."""

import argparse
import asyncio
import contextlib

from ..stage import Rate
from .scripts import SCRIPTS
from .server import ScriptedResponses


async def serve(port: int, rate: Rate) -> None:
    async with ScriptedResponses(port=port, rate=rate) as server:
        print(f"OPENAI_BASE_URL={server.url} OPENAI_API_KEY={server.key}", flush=True)  # noqa: T201
        print("Models:", ", ".join(SCRIPTS), flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted Responses API on loopback.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--rate", type=float, help="events per second (default: each script's own)")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.rate or "own"))


if __name__ == "__main__":
    main()
