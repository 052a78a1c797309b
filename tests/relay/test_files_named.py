"""Which files a thread names: what is written in it opens nobody else's."""

from typing import Any

import pytest
from aiohttp import web

from .byte_servers import ByteServer
from .conftest import StartRelay

FILE = "/threads/thread_1/files/file-1/content"


def message(role: str = "assistant", **fields: Any) -> dict[str, Any]:
    return {"id": "msg_1", "role": role, "content": [], **fields}


def text(value: str, *annotations: Any) -> dict[str, Any]:
    part = {"type": "text", "text": {"value": value, "annotations": list(annotations)}}
    return {"content": [part]}


IMAGE = {"content": [{"type": "image_file", "image_file": {"file_id": "file-1"}}]}
ATTACHED = {"attachments": [{"file_id": "file-1", "tools": []}]}

NAMING = {
    "an image": IMAGE,
    "an attachment": ATTACHED,
    "a path": text("x", {"type": "file_path", "file_path": {"file_id": "file-1"}}),
    "a list": {"file_ids": ["file-0", "file-1"]},
}
NOT_NAMING = {
    "a whole text": text("file-1"),
    "a string as a part": {"content": ["file-1"]},
    "metadata": {"metadata": {"file_id": "file-1", "file_ids": ["file-1"]}},
    "an id": {"id": "file-1"},
    "a key": {"file-1": 1},
    "part of a list's text": {"file_ids": "file-1"},
}


async def everybody(_request: web.Request, _action: str, _thread_id: str | None) -> bool:
    return True


async def status_of(start_relay: StartRelay, *messages: Any, with_hook: bool) -> int:
    async with ByteServer.started(messages=messages, file=b"content") as server:
        hook = everybody if with_hook else None
        relay = await start_relay(openai_base_url=server.url, authorize=hook)
        return (await relay.get(FILE)).status


@pytest.mark.parametrize("with_hook", [False, True], ids=["all alike", "with a hook"])
@pytest.mark.parametrize("fields", NAMING.values(), ids=NAMING)
async def test_what_an_assistant_names_is_given(
    start_relay: StartRelay, fields: Any, *, with_hook: bool
) -> None:
    assert await status_of(start_relay, message(**fields), with_hook=with_hook) == 200


@pytest.mark.parametrize("fields", NOT_NAMING.values(), ids=NOT_NAMING)
async def test_a_word_names_no_file(start_relay: StartRelay, fields: Any) -> None:
    assert await status_of(start_relay, message(**fields), with_hook=False) == 404


@pytest.mark.parametrize("fields", [IMAGE, ATTACHED], ids=["an image", "an attachment"])
async def test_what_a_user_names_is_given_only_where_all_users_are_alike(
    start_relay: StartRelay, fields: Any
) -> None:
    said = message("user", **fields)

    assert await status_of(start_relay, said, with_hook=False) == 200
    assert await status_of(start_relay, said, with_hook=True) == 404


async def test_a_list_of_messages_that_is_none_names_nothing(start_relay: StartRelay) -> None:
    assert await status_of(start_relay, "file-1", None, ["file-1"], with_hook=False) == 404
