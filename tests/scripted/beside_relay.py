"""`python -m tests.scripted.beside_relay`: `relay serve`, with an upstream even without a key.

Where the upstream is to be `responses` and there is neither a key nor an address, the scripted
server starts on a free port, the relay is pointed at it, and both stop together.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dotenv import dotenv_values

from .responses import ScriptedResponses
from .responses.configured import assistants_toml

RELAY = (sys.executable, "-m", "relay", "serve")


def needs_upstream(environment: Mapping[str, str | None]) -> bool:
    there = environment.get("OPENAI_API_KEY") or environment.get("OPENAI_BASE_URL")
    return environment.get("RELAY_UPSTREAM") == "responses" and not there


async def serve(said: Mapping[str, str | None]) -> int:
    """Both until the relay ends; its exit status is ours."""
    stopped = _until_terminated()
    async with ScriptedResponses(rate="own") as server:
        with TemporaryDirectory() as folder:
            assistants = Path(folder) / "assistants.toml"
            assistants.write_text(assistants_toml(), "utf-8")
            scripted = {
                "OPENAI_BASE_URL": server.url,
                "OPENAI_API_KEY": server.key,
                "RELAY_ASSISTANTS": str(assistants),
            }
            print(  # noqa: T201
                f"No OPENAI_API_KEY: the scripted Responses server answers at {server.url}",
                flush=True,
            )
            # Somebody may have assistants of their own.
            missing = {name: value for name, value in scripted.items() if not said.get(name)}
            return await _relay({**os.environ, **missing}, stopped)


async def _relay(environment: Mapping[str, str], stopped: asyncio.Event) -> int:
    relay = await asyncio.create_subprocess_exec(*RELAY, env=environment)
    ended = asyncio.create_task(relay.wait())
    told = asyncio.create_task(stopped.wait())
    await asyncio.wait([ended, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not ended.done():
        relay.terminate()
    return await ended


def _until_terminated() -> asyncio.Event:
    """Ctrl-C reaches the relay by itself, but not what `kill` sends to this process."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    return stopped


def _said(environment: Mapping[str, str]) -> dict[str, str]:
    """An empty variable is an unset one."""
    return {name: value for name, value in environment.items() if value}


def main() -> None:
    # A variable of the environment counts more than the same one in the file.
    environment = {**dotenv_values(".env"), **_said(os.environ)}
    if needs_upstream(environment):
        sys.exit(asyncio.run(serve(environment)))
    os.execv(RELAY[0], RELAY)  # noqa: S606 - a program of our own


if __name__ == "__main__":
    main()
