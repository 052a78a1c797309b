"""A relay that listens on loopback, and a client of it."""

import asyncio
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
from tests.scripted.server import ScriptedServer
from tests.scripted.stage import Hold

from .event_streams import PATIENCE_SECONDS, EventStream, Sent, is_terminal
from .loopback import listening

QUESTION = {"role": "user", "content": "How are the bees?"}


def settings_for(upstream: str, server: ScriptedServer[Any, Any], /, **changes: Any) -> Settings:
    """Of a relay in front of a scripted server."""
    fields = {
        "upstream": upstream,
        "openai_base_url": server.url,
        "openai_api_key": server.key,
        **changes,
    }
    return Settings.model_validate(fields)


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
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            listening(app, access_log=None, shutdown_timeout=2.0) as url,
            aiohttp.ClientSession(timeout=timeout, connector=connector) as session,
        ):
            yield cls(app, url, session)

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

    async def held_run(
        self,
        server: ScriptedServer[Any, Any],
        after_event: int | str = 12,
        assistant_id: str = "plain-text",
    ) -> tuple[str, str, Hold]:
        """A new thread, a run of it that stands still after this event, and what holds it."""
        thread_id = await self.new_thread()
        hold = server.hold(after_event, thread_id)
        run_id = await self.start(thread_id, assistant_id)
        await hold.reached()
        return thread_id, run_id, hold

    @asynccontextmanager
    async def waiting_run(
        self, assistant_id: str = "function-call"
    ) -> AsyncIterator[tuple[EventStream, Any]]:
        """The feed of a new thread, and a run of it that waits for tool outputs."""
        thread_id = await self.new_thread()
        async with self.follow(thread_id) as feed:
            await self.start(thread_id, assistant_id)
            yield feed, await feed.asked()

    async def watched_run(self, thread_id: str, assistant_id: str = "plain-text") -> list[Sent]:
        """Everything of a run that was followed, its calls answered, to its end."""
        async with self.follow(thread_id) as feed:
            run_id = await self.start(thread_id, assistant_id)
            frames = [await feed.next()]
            while not is_terminal(frames[-1], run_id):
                if frames[-1].says("requires_action"):
                    await self.answer_calls(frames[-1].data)
                frames.append(await feed.next())
        return frames

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

    async def until_forgotten(self, thread_id: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.is_open(thread_id):
                await self.get("/healthz")

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
