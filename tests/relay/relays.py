"""A relay that listens on loopback, and a client of it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from relay.access import Authorize
from relay.app import make_app
from relay.routes.context import RELAY
from relay.settings import Settings

from .event_streams import PATIENCE_SECONDS, EventStream

QUESTION = {"role": "user", "content": "How are the bees?"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        return self.json["error"]


class Relay:
    """A started relay.  Paths are as in its API: `/threads`, …"""

    def __init__(self, app: web.Application, url: str, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.url = url
        self.session = session

    @classmethod
    @asynccontextmanager
    async def started(
        cls, settings: Settings, authorize: Authorize | None = None
    ) -> AsyncIterator[Self]:
        """As `serve` does it, but on a free port."""
        app = make_app(settings, authorize=authorize)
        runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=2.0
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
                yield cls(app, url, session)
        finally:
            await runner.cleanup()

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        async with self.session.request(method, self.url + path, **options) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return await self.ask("POST", path, json={} if body is None else body, headers=headers)

    async def new_thread(self, *messages: Any) -> str:
        """A thread with a question in it, or with these messages."""
        answer = await self.post("/threads", {"messages": list(messages) or [QUESTION]})
        assert answer.status == 200, answer.body
        return str(answer.json["id"])

    async def start(self, thread_id: str, assistant_id: str = "plain-text", **body: Any) -> str:
        """The id of a run that has been accepted."""
        body = {"assistant_id": assistant_id, **body}
        answer = await self.post(f"/threads/{thread_id}/runs", body)
        assert answer.status in (201, 202), answer.body
        return str(answer.json["id"])

    async def answer_calls(
        self, run: Any, output: str = "dry", *, key: str | None = None
    ) -> Answer:
        """Submit an output for each call that a run waits for."""
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        body = {"tool_outputs": [{"tool_call_id": call["id"], "output": output} for call in calls]}
        path = f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
        return await self.post(path, body, key=key)

    def followers(self, thread_id: str) -> int:
        """How many connections follow a thread, as the relay counts them."""
        thread = self.app[RELAY].threads.find(thread_id)
        return thread.feed.connections if thread else 0

    def is_open(self, thread_id: str) -> bool:
        """Whether the relay keeps anything of a thread."""
        return self.app[RELAY].threads.find(thread_id) is not None

    async def run(self, thread_id: str, run_id: str) -> Any:
        return (await self.get(f"/threads/{thread_id}/runs/{run_id}")).json

    async def messages(self, thread_id: str, query: str = "") -> Any:
        answer = await self.get(f"/threads/{thread_id}/messages{query}")
        assert answer.status == 200, answer.body
        return answer.json

    @asynccontextmanager
    async def follow(
        self, thread_id: str, run_id: str | None = None, **headers: str
    ) -> AsyncIterator[EventStream]:
        """A thread's feed, or a run's; `Last_Event_ID` is the header of that name."""
        path = f"/threads/{thread_id}/runs/{run_id}" if run_id else f"/threads/{thread_id}"
        async with self.open(f"{path}/events", **headers) as stream:
            yield stream

    @asynccontextmanager
    async def open(self, path: str, **headers: str) -> AsyncIterator[EventStream]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        timeout = aiohttp.ClientTimeout(total=None)
        async with self.session.get(self.url + path, headers=named, timeout=timeout) as response:
            assert response.status == 200, await response.read()
            stream = EventStream(response)
            await stream.begin()
            yield stream
