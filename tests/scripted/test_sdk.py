"""OpenAI's own SDK works with the scripted server, call by call."""

from typing import Any

import pytest
from openai import AsyncAssistantEventHandler, AsyncOpenAI, AuthenticationError, NotFoundError
from openai.types.beta import AssistantStreamEvent

from .assistants import ScriptedAssistants
from .files import CHART, FIELD_GUIDE
from .scripts import SCRIPTS

# The SDK warns of every call of this API.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
async def thread_id(scripted_client: AsyncOpenAI) -> str:
    thread = await scripted_client.beta.threads.create()
    await scripted_client.beta.threads.messages.create(thread.id, role="user", content="Hello")
    return thread.id


class Names(AsyncAssistantEventHandler):
    """The names of the events that a stream had."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    async def on_event(self, event: AssistantStreamEvent) -> None:
        self.names.append(event.event)


# What the SDK's own reader of events takes in: known things, and no error.
READABLE = [
    name
    for name in SCRIPTS
    if name
    not in {"unknown-things", "url-citation", "self-hosted", "error-midstream", "error-flat"}
]


@pytest.mark.parametrize("assistant", READABLE)
async def test_a_streamed_run_ends_in_the_messages_that_the_server_has(
    scripted: ScriptedAssistants, scripted_client: AsyncOpenAI, thread_id: str, assistant: str
) -> None:
    runs = scripted_client.beta.threads.runs

    async with runs.stream(thread_id=thread_id, assistant_id=assistant) as stream:
        await stream.until_done()
        run = await stream.get_final_run()
        steps = [step.id async for step in runs.steps.list(run.id, thread_id=thread_id)]
    listed = await scripted_client.beta.threads.messages.list(thread_id, run_id=run.id)

    held = scripted.run(run.id)
    assert run.status == held.status
    assert [message.to_dict() for message in listed.data] == [
        message.wire() for message in reversed(scripted.thread(thread_id).messages[1:])
    ]
    assert steps == [step.id for step in reversed(held.steps)]


async def test_what_the_sdk_adds_up_is_what_the_server_holds(
    scripted: ScriptedAssistants, scripted_client: AsyncOpenAI, thread_id: str
) -> None:
    runs = scripted_client.beta.threads.runs
    handler = Names()

    async with runs.stream(
        thread_id=thread_id, assistant_id="several-messages", event_handler=handler
    ) as stream:
        messages = await stream.get_final_messages()

    texts = [message["content"] for message in reversed(scripted.thread(thread_id).shown()[:-1])]
    assert [[part.to_dict() for part in message.content] for message in messages] == texts
    assert handler.names[0] == "thread.run.created"
    assert handler.names[-1] == "thread.run.completed"


@pytest.mark.parametrize("assistant", ["function-call", "parallel-calls", "call-after-call"])
async def test_a_run_goes_on_with_the_outputs_of_its_calls(
    scripted_client: AsyncOpenAI, thread_id: str, assistant: str
) -> None:
    runs = scripted_client.beta.threads.runs
    async with runs.stream(thread_id=thread_id, assistant_id=assistant) as stream:
        run = await stream.get_final_run()

    while run.status == "requires_action":
        assert run.required_action
        calls = run.required_action.submit_tool_outputs.tool_calls
        async with runs.submit_tool_outputs_stream(
            run_id=run.id,
            thread_id=thread_id,
            tool_outputs=[{"tool_call_id": call.id, "output": "forty-two"} for call in calls],
        ) as stream:
            run = await stream.get_final_run()

    newest = (await scripted_client.beta.threads.messages.list(thread_id)).data[0].content[0]
    assert run.status == "completed"
    assert newest.type == "text"
    assert "forty-two" in newest.text.value


async def test_a_run_without_a_stream_is_played_all_the_same(
    scripted: ScriptedAssistants, scripted_client: AsyncOpenAI, thread_id: str
) -> None:
    runs = scripted_client.beta.threads.runs

    started = await runs.create(thread_id, assistant_id="plain-text")
    await scripted.finished(started.id)
    run = await runs.retrieve(started.id, thread_id=thread_id)

    assert started.status == "queued"
    assert run.status == "completed"
    assert [item.id async for item in runs.list(thread_id)] == [run.id]


async def test_a_thread_may_be_made_together_with_its_run(scripted_client: AsyncOpenAI) -> None:
    handler = Names()

    async with scripted_client.beta.threads.create_and_run_stream(
        assistant_id="one-word",
        thread={"messages": [{"role": "user", "content": "Ready?"}]},
        event_handler=handler,
    ) as stream:
        await stream.until_done()

    assert handler.names[:2] == ["thread.created", "thread.run.created"]


async def test_a_run_that_is_cancelled_tells_it_on_its_stream(
    scripted: ScriptedAssistants, scripted_client: AsyncOpenAI, thread_id: str
) -> None:
    runs = scripted_client.beta.threads.runs
    hold = scripted.hold(20)

    async with runs.stream(thread_id=thread_id, assistant_id="plain-text") as stream:
        await hold.reached()
        answer = await runs.cancel(scripted.thread(thread_id).runs[0].id, thread_id=thread_id)
        [message] = await stream.get_final_messages()
        run = await stream.get_final_run()

    assert answer.status == "cancelling"
    assert run.status == "cancelled"
    assert message.incomplete_details
    assert message.incomplete_details.reason == "run_cancelled"


async def test_all_assistants_are_listed_page_by_page(scripted_client: AsyncOpenAI) -> None:
    listed = [assistant.id async for assistant in scripted_client.beta.assistants.list(limit=5)]

    assert listed == [*SCRIPTS]


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_messages_are_listed_page_by_page(
    scripted_client: AsyncOpenAI, thread_id: str, order: Any
) -> None:
    messages = scripted_client.beta.threads.messages
    for text in "abcd":
        await messages.create(thread_id, role="user", content=text)

    listed = [item.id async for item in messages.list(thread_id, limit=2, order=order)]
    newest = (await messages.list(thread_id)).data
    back = await messages.list(thread_id, limit=2, before=newest[-1].id)

    assert listed == [item.id for item in (newest if order == "desc" else reversed(newest))]
    assert [item.id for item in back.data] == [item.id for item in newest[-3:-1]]


async def test_files_come_with_their_content(scripted_client: AsyncOpenAI) -> None:
    file = await scripted_client.files.retrieve(CHART.id)
    image = await scripted_client.files.content(CHART.id)
    text = await scripted_client.files.content(FIELD_GUIDE.id)

    assert file.filename == "honey.png"
    assert image.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert text.text.startswith("A honeybee")


async def test_unknown_things_are_not_found(scripted_client: AsyncOpenAI, thread_id: str) -> None:
    threads = scripted_client.beta.threads

    for call in (
        threads.retrieve("thread_none"),
        threads.messages.list("thread_none"),
        threads.runs.retrieve("run_none", thread_id=thread_id),
        threads.runs.create(thread_id, assistant_id="nobody"),
        scripted_client.files.retrieve("file-none"),
    ):
        with pytest.raises(NotFoundError):
            await call


async def test_a_wrong_key_is_refused_and_shown_in_part(scripted: ScriptedAssistants) -> None:
    async with AsyncOpenAI(base_url=scripted.url, api_key="sk-wrong-key-of-nobody") as client:
        with pytest.raises(AuthenticationError) as refusal:
            await client.beta.threads.create()

    assert refusal.value.code == "invalid_api_key"
    assert "sk-wro************body" in refusal.value.message
