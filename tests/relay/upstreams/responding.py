"""What the tests of the `responses` upstream share."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from reducer import EventReader
from relay.errors import UpstreamRefused
from relay.upstreams import Dialect, Json, Page, Start, Stream, Watched
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.faults import Refuse
from tests.scripted.responses import ScriptedResponses

RUN_ID = "run_of_the_relay"
CREATED_AT = 1_800_000_000
# What clients answer: how a command ended, and a screen.
EXIT = {"type": "exit", "exit_code": 0}
PICTURE = "data:image/png;base64,iVBORw0KGgo="
LOCKED = Refuse(
    400,
    message="Another process is currently operating on this conversation. Please retry in a few "
    "seconds.",
    code="conversation_locked",
)


def start(thread_id: str, assistant_id: str = "plain-text", **more: Any) -> Start:
    return Start(
        thread_id=thread_id,
        assistant_id=assistant_id,
        run_id=RUN_ID,
        created_at=CREATED_AT,
        **more,
    )


def watched(*messages: Any) -> Watched:
    """Somebody who has seen these messages of a run."""

    async def tell() -> Sequence[Any]:
        return messages

    return tell


class HeardRun:
    """A run as a driver has it: what its streams say of it, and what the upstream is told."""

    def __init__(
        self, upstream: ResponsesUpstream, thread_id: str, assistant_id: str = "plain-text"
    ) -> None:
        self.upstream = upstream
        self.dialect: Dialect = upstream.dialect(assistant_id)
        self.said: dict[str, Any] = {}
        self.events: list[Mapping[str, Any]] = []
        self.first = start(thread_id, assistant_id)
        self._upstream_ids: list[str] = []

    async def begin(self) -> str:
        """The status that its first stream ends with."""
        return await self.hear(self.upstream.start_run(self.first))

    async def answer(self, *outputs: str) -> str:
        """The status after these outputs of its open calls."""
        calls = self.calls()
        given = [
            {"tool_call_id": call["id"], "output": output}
            for call, output in zip(calls, outputs, strict=True)
        ]
        return await self.hear(self.upstream.submit_tool_outputs(self.told(), given))

    async def hear(self, stream: Stream) -> str:
        self.said = {}
        reader = EventReader()
        async with stream as chunks:
            async for chunk in chunks:
                self._take(reader.feed(chunk))
        self._take(reader.end())
        await self.upstream.keep(self.told(), self.dialect.items, watched())
        return str(self.said.get("status"))

    def calls(self) -> Sequence[Mapping[str, Any]]:
        action = self.said["required_action"]
        assert action["type"] == "submit_tool_outputs"
        calls: Sequence[Mapping[str, Any]] = action["submit_tool_outputs"]["tool_calls"]
        return calls

    def told(self) -> Json:
        return {
            "id": RUN_ID,
            "thread_id": self.first.thread_id,
            "assistant_id": self.first.assistant_id,
            "created_at": CREATED_AT,
            "metadata": None,
            "upstream_ids": self._upstream_ids,
            "required_action": None,
            **self.said,
        }

    def _take(self, events: Sequence[Any]) -> None:
        for event in events:
            self.events.append(event)
            said = self.dialect.read(event["event"], event["data"])
            self.said |= said
            if said.get("upstream_id") not in {None, *self._upstream_ids}:
                self._upstream_ids.append(said["upstream_id"])


async def assert_unknown(upstream: ResponsesUpstream, thread_id: str) -> None:
    """No request finds the thread."""
    asked = [
        upstream.retrieve_thread(thread_id),
        upstream.list_messages(thread_id, Page()),
        upstream.create_message(thread_id, QUESTION),
        HeardRun(upstream, thread_id).begin(),
    ]
    for asking in asked:
        with pytest.raises(UpstreamRefused) as raised:
            await asking
        assert raised.value.http_status == 404


def texts(page: Json) -> list[str]:
    """What the messages of a list say."""
    return [text_of(message) for message in page["data"]]


def text_of(message: Json) -> str:
    parts = [part["text"]["value"] for part in message["content"] if part["type"] == "text"]
    return "".join(parts)


def sent(server: ScriptedResponses) -> Sequence[Any]:
    """The history that the newest response was asked for with."""
    history: Sequence[Any] = server.received("responses.create")[-1].body["input"]
    return history


def words(role: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": text}
