"""A relay inside another application, whose server does not end the handlers of who has gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from relay.app import make_app
from relay.settings import Settings
from tests.scripted.assistants import ScriptedAssistants

from .event_streams import PATIENCE_SECONDS
from .relays import Relay
from .sockets import connected, follow_by_hand


@asynccontextmanager
async def embedded(scripted: ScriptedAssistants) -> AsyncIterator[Relay]:
    settings = Settings.model_validate(
        {
            "upstream": "assistants",
            "openai_base_url": scripted.url,
            "openai_api_key": scripted.key,
            "recordings": (),
        }
    )
    app = make_app(settings)
    runner = web.AppRunner(app, handler_cancellation=False, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Relay(app, f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    finally:
        await runner.cleanup()


async def test_whoever_has_gone_is_let_go_although_nothing_tells_the_handler(
    scripted: ScriptedAssistants,
) -> None:
    async with embedded(scripted) as relay:
        thread_id = await relay.new_thread()
        async with relay.follow(thread_id) as stays:
            async with connected(relay) as (reader, writer):
                await follow_by_hand(reader, writer, f"/threads/{thread_id}/events")
                writer.transport.abort()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while relay.followers(thread_id) > 1:
                    await relay.get("/healthz")
            await relay.start(thread_id, "one-word")
            frames = await stays.until_ended()

    assert frames[-1].data["status"] == "completed"
