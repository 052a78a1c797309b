"""The `responses` upstream: messages as they are posted."""

from typing import Any

import pytest

from relay.errors import BadRequest, ThreadBusy
from relay.upstreams import Page
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.responses import ScriptedResponses

from .conftest import OpenResponses
from .responding import LOCKED, HeardRun

IMAGE = "https://example.org/bee.png"

# Parts as they are posted, as the server is sent them, and as they are given back.
PARTS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "text": (
        {"type": "text", "text": "Hm 🐝"},
        {"type": "input_text", "text": "Hm 🐝"},
        {"type": "text", "text": {"value": "Hm 🐝", "annotations": []}},
    ),
    "text as it is given back": (
        {"type": "text", "text": {"value": "Hm", "annotations": []}},
        {"type": "input_text", "text": "Hm"},
        {"type": "text", "text": {"value": "Hm", "annotations": []}},
    ),
    "address of an image": (
        {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
        {"type": "input_image", "image_url": IMAGE, "detail": "low"},
        {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
    ),
    "a part that the server knows": (
        {"type": "input_image", "image_url": IMAGE, "detail": "low"},
        {"type": "input_image", "image_url": IMAGE, "detail": "low"},
        {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}},
    ),
    "file of an image": (
        {"type": "image_file", "image_file": {"file_id": "file-bee"}},
        {"type": "input_image", "file_id": "file-bee", "detail": "auto"},
        {"type": "image_file", "image_file": {"file_id": "file-bee", "detail": "auto"}},
    ),
}
UNSAYABLE: dict[str, dict[str, Any]] = {
    "an unknown part": {"content": [{"type": "smell", "smell": "honey"}]},
    "a part of no type": {"content": [{"text": "Hm"}]},
    "a text without one": {"content": [{"type": "text"}]},
    "an image without an address": {"content": [{"type": "image_url", "image_url": {}}]},
    "an image file that is none": {"content": [{"type": "image_file", "image_file": "file-1"}]},
    "an attachment of no file": {"content": "Hm", "attachments": [{"tools": []}]},
}


@pytest.mark.parametrize("kind", PARTS)
async def test_a_part_comes_back_as_in_the_assistants_api(
    kind: str,
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
) -> None:
    posted, sent, given = PARTS[kind]

    message = await responses.create_message(conversation_id, {"role": "user", "content": [posted]})

    assert scripted_responses.conversation(conversation_id).items[-1]["content"] == [sent]
    assert message["content"] == [given]


async def test_a_message_that_was_posted_is_the_one_that_is_listed(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    body = {"role": "user", "content": "And now?", "metadata": {"mood": "curious"}}

    message = await responses.create_message(conversation_id, body)

    page = await responses.list_messages(conversation_id, Page(limit=1))
    [listed] = page["data"]
    item = scripted_responses.conversation(conversation_id).items[-1]
    same = ("id", "object", "thread_id", "role", "status", "content", "run_id", "assistant_id")
    assert {key: listed[key] for key in same} == {key: message[key] for key in same}
    assert message["id"] == item["id"]
    assert message["object"] == "thread.message"
    assert message["thread_id"] == conversation_id
    assert message["metadata"] == {"mood": "curious"}
    assert isinstance(message["created_at"], int)


async def test_the_addresses_of_images_are_asked_for(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    await responses.create_message(conversation_id, QUESTION)
    await responses.list_messages(conversation_id, Page())

    asked = scripted_responses.received("items.create") + scripted_responses.received("items.list")
    assert len(asked) == 2
    for request in asked:
        assert "message.input_image.image_url" in request.query.values()


async def test_attachments_are_files_of_the_message(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    attachments = [{"file_id": "file-1", "tools": [{"type": "file_search"}]}]
    body = {"role": "user", "content": "Read this.", "attachments": attachments}

    message = await responses.create_message(conversation_id, body)

    assert scripted_responses.conversation(conversation_id).items[-1]["content"] == [
        {"type": "input_text", "text": "Read this."},
        {"type": "input_file", "file_id": "file-1"},
    ]
    assert [one["file_id"] for one in message["attachments"]] == ["file-1"]


@pytest.mark.parametrize("body", UNSAYABLE.values(), ids=UNSAYABLE)
async def test_what_cannot_be_sent_is_refused_before_it_is(
    body: dict[str, Any],
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
) -> None:
    with pytest.raises(BadRequest):
        await responses.create_message(conversation_id, {"role": "user", **body})

    assert not scripted_responses.received("items.create")


async def test_a_message_waits_for_a_conversation_that_is_locked(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.fail_next("items.create", LOCKED)

    message = await responses.create_message(conversation_id, QUESTION)

    assert scripted_responses.conversation(conversation_id).items[-1]["id"] == message["id"]
    assert len(scripted_responses.received("items.create")) == 2


async def test_a_conversation_that_stays_locked_is_busy(
    scripted_responses: ScriptedResponses,
    open_responses: OpenResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
) -> None:
    hasty = open_responses(lock_seconds=0.1)
    scripted_responses.hold(1)
    async with responses.start_run(HeardRun(responses, conversation_id).first) as chunks:
        await anext(chunks)

        with pytest.raises(ThreadBusy):
            await hasty.create_message(conversation_id, QUESTION)
        with pytest.raises(ThreadBusy):
            await HeardRun(hasty, conversation_id, "default").begin()
