"""The `replay` upstream: threads, assistants and files."""

import asyncio
from pathlib import Path

import pytest

from relay.errors import UpstreamRefused
from relay.upstreams import Page, Start
from tests.relay.relays import QUESTION

from .asking import read, read_rest
from .replaying import OWN, new_thread, pausing, recordings_of, replaying


async def test_a_thread_that_was_not_made_here_is_unknown_and_says_why() -> None:
    upstream = replaying()

    with pytest.raises(UpstreamRefused, match="create a new one") as raised:
        await upstream.list_messages("thread_of_yesterday", Page())

    assert raised.value.http_status == 404


async def test_a_thread_may_begin_with_messages() -> None:
    upstream = replaying()

    thread = await upstream.create_thread({"messages": [QUESTION], "metadata": {"bee": "1"}})

    assert await upstream.retrieve_thread(thread["id"]) == thread
    assert thread["metadata"] == {"bee": "1"}
    page = await upstream.list_messages(thread["id"], Page())
    assert [message["role"] for message in page["data"]] == ["user"]


async def test_a_message_has_the_shape_that_openai_gives_it() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    image = {"type": "image_url", "image_url": {"url": "https://example.org/bee.png"}}

    plain = await upstream.create_message(thread_id, {"role": "user", "content": "Hello"})
    parts = await upstream.create_message(
        thread_id, {"role": "user", "content": [{"type": "text", "text": "Look"}, image]}
    )

    assert plain["content"] == [{"type": "text", "text": {"value": "Hello", "annotations": []}}]
    assert parts["content"] == [
        {"type": "text", "text": {"value": "Look", "annotations": []}},
        image,
    ]
    assert plain["object"] == "thread.message"
    assert plain["thread_id"] == thread_id


PAGES = {
    "the newest": (Page(limit=2), [4, 3], True),
    "all": (Page(limit=9), [4, 3, 2, 1, 0], False),
    "the oldest first": (Page(limit=2, order="asc"), [0, 1], True),
    "older than one": (Page(limit=2, after="2"), [1, 0], False),
    "newer than one": (Page(limit=1, order="asc", after="2"), [3], True),
    "the page before one": (Page(limit=2, before="1"), [3, 2], True),
    "the first page before one": (Page(limit=9, before="3"), [4], False),
    "after the last": (Page(after="0"), [], False),
}  # fmt: skip


@pytest.mark.parametrize(("page", "numbers", "has_more"), PAGES.values(), ids=PAGES)
async def test_a_list_comes_in_pages(page: Page, numbers: list[int], *, has_more: bool) -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)
    bodies = [{"role": "user", "content": str(number)} for number in range(5)]
    ids = [(await upstream.create_message(thread_id, body))["id"] for body in bodies]
    asked = Page(
        limit=page.limit,
        order=page.order,
        after=ids[int(page.after)] if page.after else None,
        before=ids[int(page.before)] if page.before else None,
    )

    listed = await upstream.list_messages(thread_id, asked)

    expected = [ids[number] for number in numbers]
    assert [message["id"] for message in listed["data"]] == expected
    assert listed["has_more"] is has_more
    assert listed["first_id"] == (expected[0] if expected else None)
    assert listed["last_id"] == (expected[-1] if expected else None)


async def test_a_page_behind_a_message_that_is_not_there_is_refused() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)

    with pytest.raises(UpstreamRefused, match="msg_of_nobody"):
        await upstream.list_messages(thread_id, Page(after="msg_of_nobody"))


async def test_the_thread_unused_for_longest_goes_first(tmp_path: Path) -> None:
    recordings = pausing(tmp_path, b"thread.message.delta")
    upstream = replaying(recordings, replay_max_threads=2, speed=1)
    busy, idle = await new_thread(upstream), await new_thread(upstream)

    async with upstream.start_run(Start(thread_id=busy, assistant_id="pausing")) as chunks:
        await anext(chunks)
        await upstream.retrieve_thread(idle)
        new = await new_thread(upstream)

        await upstream.retrieve_thread(busy)
        await upstream.retrieve_thread(new)
        with pytest.raises(UpstreamRefused):
            await upstream.retrieve_thread(idle)


async def test_each_recording_is_an_assistant_with_its_name() -> None:
    listed = await replaying().assistants()

    assert {entry["id"]: (entry["name"], entry["description"]) for entry in listed} == {
        recording.name: (recording.sidecar.name, recording.sidecar.description) for recording in OWN
    }


async def test_a_recording_of_no_run_is_no_assistant_and_says_why(tmp_path: Path) -> None:
    stream = b'event: bees\ndata: {"type":"bees"}\n\n'
    upstream = replaying(recordings_of(tmp_path, bees=stream))
    thread_id = await new_thread(upstream)

    assert await upstream.assistants() == []
    with pytest.raises(UpstreamRefused, match="/recordings/bees/events") as raised:
        await read(upstream.start_run(Start(thread_id=thread_id, assistant_id="bees")))
    assert raised.value.http_status == 400


async def test_an_unknown_assistant_is_not_found() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)

    with pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(Start(thread_id=thread_id, assistant_id="nobody")))

    assert raised.value.http_status == 404


async def test_an_unknown_run_is_not_found() -> None:
    upstream = replaying()
    thread_id = await new_thread(upstream)

    with pytest.raises(UpstreamRefused) as raised:
        await upstream.retrieve_run(thread_id, "run_of_nobody")

    assert raised.value.http_status == 404


async def test_a_file_beside_the_recordings_is_found_by_its_id(tmp_path: Path) -> None:
    recordings = recordings_of(tmp_path, bees=b"event: thread.created\ndata: {}\n\n")
    (tmp_path / "file-abc.png").write_bytes(b"an image")
    upstream = replaying(recordings)
    thread_id = await new_thread(upstream)

    async with upstream.file_content(thread_id, "file-abc") as file:
        content = await read_rest(file.chunks)

    assert content == b"an image"
    assert (file.content_type, file.filename, file.size) == ("image/png", "file-abc.png", 8)


@pytest.mark.parametrize("file_id", ["file-none", "bees", "..", "../bees"])
async def test_no_other_file_is_found(file_id: str, tmp_path: Path) -> None:
    recordings = recordings_of(tmp_path, bees=b"event: thread.created\ndata: {}\n\n")
    upstream = replaying(recordings)
    thread_id = await new_thread(upstream)

    with pytest.raises(UpstreamRefused) as raised:
        await upstream.file_content(thread_id, file_id).__aenter__()

    assert raised.value.http_status == 404


async def test_closing_ends_what_is_in_progress(tmp_path: Path) -> None:
    upstream = replaying(pausing(tmp_path, b"thread.message.delta"), speed=1)
    thread_id = await new_thread(upstream)
    async with upstream.start_run(Start(thread_id=thread_id, assistant_id="pausing")) as chunks:
        await anext(chunks)

        await upstream.close()

        rest = await asyncio.wait_for(read_rest(chunks), 5)
    assert b"event: thread.run.cancelled" in rest
