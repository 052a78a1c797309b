"""OpenAI's own SDK, whose `base_url` is the relay."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncAssistantEventHandler, AsyncOpenAI
from openai.types.beta.threads import Message

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Cut

from .conftest import StartRelay
from .event_streams import folded
from .relays import Relay

# OpenAI has shut its own server down, so the SDK warns of these calls.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# What the SDK itself can read: it knows neither parts nor tools of a new kind.
STREAMED = ["plain-text", "several-messages", "image-and-text", "refusal", "code-interpreter",
            "file-search", "message-incomplete", "several-tools", "one-word"]  # fmt: skip


@pytest.fixture
async def client(relay: Relay) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=relay.url, api_key="none", timeout=30) as client:
        yield client


class Kept(AsyncAssistantEventHandler):
    """The SDK's own accumulator, and the messages that it made."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: dict[str, Any] = {}

    async def on_event(self, _event: Any) -> None:
        snapshot = self.current_message_snapshot
        if snapshot is not None:
            self.snapshots[snapshot.id] = snapshot.model_dump(exclude_unset=True)


async def test_threads_are_created_and_retrieved(client: AsyncOpenAI) -> None:
    created = await client.beta.threads.create(
        messages=[{"role": "user", "content": "Hello"}], metadata={"a": "b"}
    )
    retrieved = await client.beta.threads.retrieve(created.id)

    assert retrieved == created
    assert created.metadata == {"a": "b"}


async def test_messages_are_created_and_listed_page_by_page(client: AsyncOpenAI) -> None:
    thread = await client.beta.threads.create()
    for number in range(7):
        await client.beta.threads.messages.create(thread.id, role="user", content=str(number))

    newest = [m async for m in client.beta.threads.messages.list(thread.id, limit=3)]
    oldest = [m async for m in client.beta.threads.messages.list(thread.id, limit=3, order="asc")]

    assert [text_of(message) for message in newest] == list("6543210")
    assert oldest == newest[::-1]


def text_of(message: Message) -> str:
    part = message.content[0]
    assert part.type == "text"
    return part.text.value


async def test_a_run_is_created_retrieved_and_listed(client: AsyncOpenAI) -> None:
    thread = await client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])

    run = await client.beta.threads.runs.create(thread.id, assistant_id="one-word")
    while run.status == "in_progress":
        run = await client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
    listed = [one async for one in client.beta.threads.runs.list(thread.id)]
    messages = [m async for m in client.beta.threads.messages.list(thread.id)]

    assert run.status == "completed"
    assert [one.id for one in listed] == [run.id]
    assert text_of(messages[0]) == "Yes"


async def test_a_run_is_created_with_messages_and_metadata(
    client: AsyncOpenAI, scripted: ScriptedAssistants
) -> None:
    thread = await client.beta.threads.create()

    await client.beta.threads.runs.create(
        thread.id,
        assistant_id="one-word",
        additional_messages=[{"role": "user", "content": "Ready?"}],
        metadata={"a": "b"},
    )

    assert len(scripted.thread(thread.id).messages) >= 1
    assert scripted.received("runs.create")[0].body["metadata"] == {"a": "b"}


async def test_a_stream_gives_every_event_as_the_sdk_types_it(
    client: AsyncOpenAI, scripted: ScriptedAssistants
) -> None:
    thread = await client.beta.threads.create()

    stream = await client.beta.threads.runs.create(
        thread.id, assistant_id="plain-text", stream=True
    )
    names = [event.event async for event in stream]

    events = scripted.thread(thread.id).runs[0].events
    assert names == [event.name for event in events if event.name != "done"]


@pytest.mark.parametrize("assistant_id", STREAMED)
async def test_the_sdks_messages_equal_the_reducers(
    client: AsyncOpenAI, relay: Relay, assistant_id: str
) -> None:
    thread = await client.beta.threads.create()
    kept = Kept()

    async with relay.follow(thread.id) as feed:
        async with client.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id=assistant_id, event_handler=kept
        ) as stream:
            await stream.until_done()
            finished = await stream.get_final_messages()
        frames = await feed.until_ended()

    watched = folded(frames)[::-1]
    assert [message.id for message in finished] == [message["id"] for message in watched]
    for message, own in zip(finished, watched, strict=True):
        assert message.model_dump(exclude_unset=True) == own


async def test_the_sdks_messages_in_mid_stream_equal_the_reducers(
    client: AsyncOpenAI, relay: Relay
) -> None:
    thread = await client.beta.threads.create()
    texts: list[str] = []
    lists: list[str] = []

    async with relay.follow(thread.id) as feed:
        async with client.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id="plain-text"
        ) as stream:
            async for event in stream:
                snapshot = stream.current_message_snapshot
                if event.event == "thread.message.delta" and snapshot is not None:
                    texts.append(text_of(snapshot))
        frames = await feed.until_ended()
    for number, frame in enumerate(frames, 1):
        if frame.event == "thread.message.delta":
            lists.append(folded(frames[:number])[0]["content"][0]["text"]["value"])

    assert texts == lists


async def test_tool_outputs_are_submitted_without_a_stream(client: AsyncOpenAI) -> None:
    thread = await client.beta.threads.create()
    run = await client.beta.threads.runs.create(thread.id, assistant_id="parallel-calls")
    run = await until(client, run, "requires_action")

    outputs: Any = [{"tool_call_id": call, "output": "noon"} for call in calls_of(run)]
    run = await client.beta.threads.runs.submit_tool_outputs(
        run.id, thread_id=thread.id, tool_outputs=outputs
    )
    run = await until(client, run, "completed")
    messages = [m async for m in client.beta.threads.messages.list(thread.id)]

    assert text_of(messages[0]).startswith("In Kyoto it is noon, and the weather is noon.")


async def until(client: AsyncOpenAI, run: Any, status: str) -> Any:
    while run.status != status:
        run = await client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    return run


def calls_of(run: Any) -> list[str]:
    return [call.id for call in run.required_action.submit_tool_outputs.tool_calls]


async def test_tool_outputs_are_submitted_with_a_stream(client: AsyncOpenAI, relay: Relay) -> None:
    thread = await client.beta.threads.create()

    async with relay.follow(thread.id) as feed:
        async with client.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id="call-after-call"
        ) as stream:
            run: Any = await stream.get_final_run()
        finished = []
        for output in ("late", "dry"):
            outputs: Any = [{"tool_call_id": call, "output": output} for call in calls_of(run)]
            # The SDK knows the run by the upstream's id, which its stream told.
            async with client.beta.threads.runs.submit_tool_outputs_stream(
                run_id=run.id, thread_id=thread.id, tool_outputs=outputs
            ) as stream:
                run = await stream.get_final_run()
                finished += await stream.get_final_messages()
        frames = await feed.until_ended()

    assert run.status == "completed"
    assert [message.model_dump(exclude_unset=True) for message in finished] == folded(frames)[::-1]


async def test_a_run_is_cancelled(client: AsyncOpenAI, scripted: ScriptedAssistants) -> None:
    thread = await client.beta.threads.create()
    hold = scripted.hold(9)
    run = await client.beta.threads.runs.create(thread.id, assistant_id="plain-text")
    await hold.reached()

    answer = await client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    ended = await until(client, run, "cancelled")

    assert answer.status == "cancelling"
    assert ended.id == run.id


async def test_a_stream_that_broke_raises(
    client: AsyncOpenAI, scripted: ScriptedAssistants
) -> None:
    thread = await client.beta.threads.create()
    scripted.fail_next("runs.create", Cut(12))

    stream = await client.beta.threads.runs.create(
        thread.id, assistant_id="plain-text", stream=True
    )

    with pytest.raises(openai.APIConnectionError):
        _ = [event async for event in stream]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_a_refused_start_is_not_repeated_by_the_sdk(
    client: AsyncOpenAI,
    scripted: ScriptedAssistants,
    status: int,
    error: type[Exception],
    *,
    stream: bool,
) -> None:
    thread = await client.beta.threads.create()
    scripted.fail_next("runs.create", status=status, message="Not now")

    with pytest.raises(error):
        await client.beta.threads.runs.create(
            thread.id,
            assistant_id="one-word",
            stream=stream,
        )

    assert len(scripted.received("runs.create")) == 1


async def test_a_busy_thread_is_a_conflict(
    client: AsyncOpenAI, scripted: ScriptedAssistants
) -> None:
    thread = await client.beta.threads.create()
    hold = scripted.hold(9)
    await client.beta.threads.runs.create(thread.id, assistant_id="plain-text")

    with pytest.raises(openai.ConflictError) as refused:
        await client.beta.threads.runs.create(thread.id, assistant_id="plain-text")

    assert refused.value.code == "thread_busy"
    hold.release()


async def test_the_sdk_shows_the_token_as_its_key(start_relay: StartRelay) -> None:
    relay = await start_relay(token="secret")
    async with AsyncOpenAI(base_url=relay.url, api_key="secret") as client:
        thread = await client.beta.threads.create()
    async with AsyncOpenAI(base_url=relay.url, api_key="wrong") as client:
        with pytest.raises(openai.NotFoundError):
            await client.beta.threads.retrieve(thread.id)
