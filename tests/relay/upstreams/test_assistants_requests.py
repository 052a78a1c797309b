"""The `assistants` upstream: all that is no stream."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from relay.errors import RelayError, UpstreamLost, UpstreamRefused
from relay.upstreams import Page
from relay.upstreams.assistants import AssistantsUpstream
from tests.relay.relays import QUESTION, settings_for
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.files import CHART

from .asking import ongoing, read, read_rest, start


async def test_a_message_goes_there_and_comes_back(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    body = {"role": "user", "content": [{"type": "text", "text": "Und die Bienen? 🐝"}]}

    message = await upstream.create_message(thread_id, body)

    page = await upstream.list_messages(thread_id, Page(limit=1))
    assert page["data"] == [message]
    assert page["has_more"] is True
    assert scripted.received("messages.create")[0].body == body


async def test_a_page_is_asked_for_as_it_is_meant(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    second = await upstream.create_message(thread_id, QUESTION)

    page = await upstream.list_messages(thread_id, Page(limit=5, order="asc", before=second["id"]))

    assert [message["id"] for message in page["data"]] != [second["id"]]
    query = scripted.received("messages.list")[0].query
    assert query == {"limit": "5", "order": "asc", "before": second["id"]}


async def test_the_messages_of_a_run_come_oldest_first(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id, "several-messages")))
    run = scripted.thread(thread_id).runs[0]

    messages = await upstream.run_messages(ongoing(thread_id, run.id))

    page = await upstream.list_messages(thread_id, Page(limit=len(messages)))
    assert len(messages) > 1
    assert messages == page["data"][::-1]


@pytest.mark.parametrize(
    ("assistant_id", "status"),
    [("plain-text", "completed"), ("run-failed", "failed"), ("run-expired", "expired"),
     ("run-incomplete", "incomplete"), ("function-call", "requires_action")],
)  # fmt: skip
async def test_a_run_is_told_as_it_is(
    assistant_id: str,
    status: str,
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
) -> None:
    await read(upstream.start_run(start(thread_id, assistant_id)))
    run = scripted.thread(thread_id).runs[0]

    told = await upstream.retrieve_run(thread_id, run.id)

    wire = run.wire()
    assert told["status"] == status
    assert told["upstream_id"] == run.id
    for key in ("required_action", "last_error", "incomplete_details", "usage"):
        assert told.get(key) == wire[key]


async def test_a_run_that_is_cancelled_ends(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.hold("thread.message.delta")
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)
        run = scripted.thread(thread_id).runs[0]

        await upstream.cancel_run(thread_id, run.id)

        rest = await read_rest(chunks)
    assert b"event: thread.run.cancelled" in rest


async def test_a_run_that_has_ended_may_be_cancelled(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    await read(upstream.start_run(start(thread_id)))
    run = scripted.thread(thread_id).runs[0]

    await upstream.cancel_run(thread_id, run.id)

    assert run.status == "completed"


async def test_a_run_that_is_not_there_cannot_be_cancelled(
    upstream: AssistantsUpstream, thread_id: str
) -> None:
    with pytest.raises(UpstreamRefused) as raised:
        await upstream.cancel_run(thread_id, "run_of_nobody")

    assert raised.value.http_status == 404


async def test_assistants_are_listed_with_their_names(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    listed = await upstream.assistants()

    scripts = scripted.account.scripts.values()
    assert {entry["id"]: entry["name"] for entry in listed} == {
        script.id: script.name for script in scripts
    }
    assert {*listed[0]} == {"id", "name", "description"}


async def test_a_server_that_lists_none_has_one(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    scripted.fail_next("assistants.list", status=404)

    listed = await upstream.assistants()

    assert [entry["id"] for entry in listed] == ["default"]


async def test_a_list_that_is_refused_otherwise_is_a_refusal(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    scripted.fail_next("assistants.list", status=429)

    with pytest.raises(UpstreamRefused):
        await upstream.assistants()


async def test_a_file_comes_with_its_name_and_type(
    upstream: AssistantsUpstream, thread_id: str
) -> None:
    async with upstream.file_content(thread_id, CHART.id) as file:
        content = await read_rest(file.chunks)

    assert content == CHART.content
    assert (file.content_type, file.filename) == ("image/png", CHART.filename)
    assert file.size == len(content)


async def test_the_query_of_the_settings_goes_with_every_request(
    scripted: ScriptedAssistants,
) -> None:
    settings = settings_for("assistants", scripted, upstream_query="api-version=v1&tenant=bees")
    upstream = AssistantsUpstream(settings)

    thread = await upstream.create_thread({})
    await upstream.list_messages(thread["id"], Page())
    await read(upstream.start_run(start(thread["id"])))

    await upstream.close()
    for request in scripted.requests:
        assert request.query["api-version"] == "v1"
        assert request.query["tenant"] == "bees"


REQUESTS: Mapping[str, Callable[[AssistantsUpstream], Awaitable[Any]]] = {
    "assistants": lambda upstream: upstream.assistants(),
    "create a thread": lambda upstream: upstream.create_thread({}),
    "retrieve a thread": lambda upstream: upstream.retrieve_thread("thread_1"),
    "list messages": lambda upstream: upstream.list_messages("thread_1", Page()),
    "create a message": lambda upstream: upstream.create_message("thread_1", QUESTION),
    "start a run": lambda upstream: read(upstream.start_run(start("thread_1"))),
    "retrieve a run": lambda upstream: upstream.retrieve_run("thread_1", "run_1"),
    "messages of a run": lambda upstream: upstream.run_messages(ongoing("thread_1", "run_1")),
    "cancel a run": lambda upstream: upstream.cancel_run("thread_1", "run_1"),
}


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
async def test_a_server_that_is_gone_is_lost_to_every_request(
    ask: Callable[[AssistantsUpstream], Awaitable[Any]],
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
) -> None:
    await scripted.stop()

    with pytest.raises(RelayError) as raised:
        await asyncio.wait_for(ask(upstream), 10)

    assert isinstance(raised.value, UpstreamLost)
