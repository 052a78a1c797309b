"""A relay inside the test, which can go away and come back where it was."""

from aiohttp import web
from pydantic import SecretStr

from relay.app import drain, make_app
from relay.settings import Settings
from tests.scripted.assistants import ScriptedAssistants


class Relaying:
    def __init__(self, upstream: ScriptedAssistants) -> None:
        self._upstream = upstream
        self._runner: web.AppRunner | None = None
        # Chosen by the system at the first start, and kept from then on.
        self._port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        settings = Settings(
            upstream="assistants",
            openai_base_url=self._upstream.url,
            openai_api_key=SecretStr(self._upstream.key),
            recordings=(),
        )
        app = make_app(settings)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if not self._runner:
            return
        runner, self._runner = self._runner, None
        await drain(runner.app)
        await runner.cleanup()
