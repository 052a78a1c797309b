"""Threads that the relay keeps itself, in front of a server without Conversations."""

from pathlib import Path
from typing import Any

import pytest

from relay.errors import UpstreamRefused
from relay.logs.memory_notes import MemoryNotes
from relay.upstreams import Page
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.responses import ScriptedResponses

from .conftest import OpenResponses
from .responding import CREATED_AT, RUN_ID, HeardRun, assert_unknown, sent, texts, watched, words

BROKEN = {
    "id": "msg_broken",
    "object": "thread.message",
    "created_at": CREATED_AT,
    "thread_id": None,
    "assistant_id": "plain-text",
    "run_id": RUN_ID,
    "response_id": "resp_1",
    "output_index": 0,
    "status": "in_progress",
    "role": "assistant",
    "content": [{"index": 0, "type": "text", "text": {"value": "The bees", "annotations": []}}],
}


async def test_a_thread_is_known_to_the_relay_alone(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream
) -> None:
    thread = await local.create_thread({"metadata": {"hive": "7"}})

    assert await local.retrieve_thread(thread["id"]) == thread
    assert thread["id"].startswith("conv_")
    assert thread["object"] == "thread"
    assert thread["metadata"] == {"hive": "7"}
    assert not scripted_responses.requests


@pytest.mark.parametrize("script", ["plain-text", "several-messages", "image-generation"])
async def test_a_reload_says_whose_messages_they_are(
    script: str, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, script)
    await run.begin()

    page = await local.list_messages(local_id, Page())

    *answers, question = page["data"]
    assert question["role"] == "user"
    assert answers
    for message in answers:
        assert message["role"] == "assistant"
        assert message["run_id"] == RUN_ID
        assert message["assistant_id"] == script
        assert message["thread_id"] == local_id
        assert message["created_at"] == CREATED_AT
        assert message["response_id"] == run.told()["upstream_ids"][0]
        assert message["status"] == "completed"


async def test_text_that_was_broken_off_is_kept_and_remembered(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    broken = {**BROKEN, "thread_id": local_id}
    run = {**HeardRun(local, local_id).told(), "status": "cancelling"}

    await local.keep(run, [], watched(broken))

    page = await local.list_messages(local_id, Page(limit=1))
    await HeardRun(local, local_id).begin()
    assert page["data"] == [
        {
            **broken,
            "status": "incomplete",
            "incomplete_details": {"reason": "run_cancelled"},
            "content": [{"type": "text", "text": {"value": "The bees", "annotations": []}}],
        }
    ]
    assert words("assistant", "The bees") in sent(scripted_responses)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"status": "in_progress"}, "run_failed"), ({"status": "cancelling"}, "run_cancelled")],
)
async def test_text_that_was_broken_off_says_why(
    fields: dict[str, Any], reason: str, local: ResponsesUpstream, local_id: str
) -> None:
    await local.keep({**HeardRun(local, local_id).told(), **fields}, [], watched(BROKEN))

    [message] = (await local.list_messages(local_id, Page(limit=1)))["data"]
    assert message["incomplete_details"] == {"reason": reason}


async def test_a_finished_message_that_was_never_told_as_an_item_is_kept_as_it_is(
    local: ResponsesUpstream, local_id: str
) -> None:
    message = {**BROKEN, "status": "completed", "thread_id": local_id}

    await local.keep(HeardRun(local, local_id).told(), [], watched(message))

    page = await local.list_messages(local_id, Page(limit=1))
    assert page["data"] == [message]


async def test_an_answer_that_was_cut_short_says_why(
    local: ResponsesUpstream, local_id: str
) -> None:
    await HeardRun(local, local_id, "max-output-tokens").begin()

    [message] = (await local.list_messages(local_id, Page(limit=1)))["data"]
    assert message["status"] == "incomplete"
    assert message["incomplete_details"] == {"reason": "max_tokens"}


async def test_a_thread_whose_beginning_is_forgotten_is_still_there(
    open_responses: OpenResponses,
) -> None:
    upstream = open_responses(MemoryNotes(max_per_thread=2), conversations="local")
    thread = await upstream.create_thread({"messages": [QUESTION] * 3})

    told = await upstream.retrieve_thread(thread["id"])
    status = await HeardRun(upstream, thread["id"], "default").begin()

    assert told["id"] == thread["id"]
    assert isinstance(told["created_at"], int)
    assert status == "completed"


async def test_what_came_as_a_whole_after_all_is_there_once(
    local: ResponsesUpstream, local_id: str
) -> None:
    told = HeardRun(local, local_id).told()
    item = {
        "id": BROKEN["id"],
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "The bees are well.", "annotations": []}],
    }

    await local.keep(told, [], watched(BROKEN))
    await local.keep(told, [{"response_id": "resp_1", "output_index": 0, "item": item}], watched())

    page = await local.list_messages(local_id, Page())
    assert texts(page) == ["The bees are well.", QUESTION["content"]]


async def test_pages_run_either_way(local: ResponsesUpstream) -> None:
    said = [f"Bee {number}." for number in range(5)]
    messages = [{"role": "user", "content": text} for text in said]
    thread = await local.create_thread({"messages": messages})

    first = await local.list_messages(thread["id"], Page(limit=3, order="asc"))
    rest = await local.list_messages(
        thread["id"], Page(limit=3, order="asc", after=first["last_id"])
    )
    newest = await local.list_messages(thread["id"], Page(limit=2))

    assert (texts(first), first["has_more"]) == (said[:3], True)
    assert (texts(rest), rest["has_more"]) == (said[3:], False)
    assert texts(newest) == said[:2:-1]


async def test_a_cursor_that_is_not_there_is_refused(
    local: ResponsesUpstream, local_id: str
) -> None:
    with pytest.raises(UpstreamRefused) as raised:
        await local.list_messages(local_id, Page(after="msg_of_nobody"))

    assert raised.value.http_status == 400


async def test_a_message_that_was_posted_is_the_one_that_is_listed(
    local: ResponsesUpstream, local_id: str
) -> None:
    body = {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": "https://example.org/bee.png"}}],
        "metadata": {"mood": "curious"},
    }

    message = await local.create_message(local_id, body)

    page = await local.list_messages(local_id, Page(limit=1))
    assert page["data"] == [message]
    assert message["metadata"] == {"mood": "curious"}
    assert message["thread_id"] == local_id
    assert isinstance(message["created_at"], int)


async def test_a_thread_that_is_not_there_is_unknown(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream
) -> None:
    await assert_unknown(local, "conv_of_nobody")

    assert not scripted_responses.requests


async def test_nothing_outlives_its_stream(local: ResponsesUpstream, local_id: str) -> None:
    run = HeardRun(local, local_id)
    await run.begin()

    assert not local.outlives_streams
    assert local.resume_run(run.told(), 3) is None


async def test_a_server_that_can_may_be_asked_for_the_background(
    scripted_responses: ScriptedResponses, open_responses: OpenResponses, assistants: Path
) -> None:
    upstream = open_responses(assistants=assistants, conversations="local", background=True)
    thread = await upstream.create_thread({"messages": [QUESTION]})

    await HeardRun(upstream, thread["id"]).begin()

    body = scripted_responses.received("responses.create")[0].body
    assert body["background"] is True
    assert "store" not in body
