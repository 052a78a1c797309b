"""Files: only those that the thread itself names, and nothing that a browser would run."""

from typing import Any

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.files import CHART, FIELD_GUIDE, TABLE

from .byte_servers import ByteServer
from .conftest import StartRelay
from .relays import QUESTION, Relay
from .sockets import answer_to


async def thread_with_files(relay: Relay) -> str:
    thread_id = await relay.new_thread()
    await relay.watched_run(thread_id, "code-interpreter")
    return thread_id


async def test_a_file_that_a_message_names_is_a_download(relay: Relay) -> None:
    thread_id = await thread_with_files(relay)

    answer = await relay.get(f"/threads/{thread_id}/files/{TABLE.id}/content")

    assert (answer.status, answer.body) == (200, TABLE.content)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="honey.csv"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image/png", True), ("image/jpeg", True), ("IMAGE/WEBP; x=y", True), ("image/gif", True),
        ("image/svg+xml", False), ("text/html", False), ("text/plain", False),
        ("application/pdf", False), ("image/png, text/html", False), ("", False),
    ],
)  # fmt: skip
async def test_only_images_without_scripts_are_shown_in_place(
    start_relay: StartRelay, kind: str, *, shown: bool
) -> None:
    named = [{"id": "msg_1", "content": [{"image_file": {"file_id": "file-1"}}]}]
    async with ByteServer.started(messages=named, file=b"<svg>", file_type=kind) as server:
        relay = await start_relay(openai_base_url=server.url)
        answer = await relay.get("/threads/thread_1/files/file-1/content")

    disposition = "inline" if shown else "attachment"
    assert answer.headers["Content-Disposition"] == f'{disposition}; filename="file-1"'
    assert answer.headers["Content-Type"] == (
        kind.partition(";")[0].lower() if shown else "application/octet-stream"
    )
    assert answer.body == b"<svg>"


async def test_a_chart_is_a_download_where_the_upstream_does_not_say_what_it_is(
    relay: Relay,
) -> None:
    thread_id = await thread_with_files(relay)

    answer = await relay.get(f"/threads/{thread_id}/files/{CHART.id}/content")

    assert answer.body == CHART.content
    assert int(answer.headers["Content-Length"]) == len(CHART.content)


async def test_a_file_that_the_thread_does_not_name_is_not_found(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await thread_with_files(relay)
    other = await relay.new_thread()

    foreign = await relay.get(f"/threads/{thread_id}/files/{FIELD_GUIDE.id}/content")
    elsewhere = await relay.get(f"/threads/{other}/files/{CHART.id}/content")

    for answer in (foreign, elsewhere):
        assert (answer.status, answer.error["param"]) == (404, "file_id")
    assert scripted.received("files.content") == []


async def test_a_file_that_only_a_running_step_names_is_found(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id, _, hold = await relay.held_run(
        scripted, "thread.run.step.completed", "code-interpreter"
    )

    answer = await relay.get(f"/threads/{thread_id}/files/{CHART.id}/content")

    assert (answer.status, answer.body) == (200, CHART.content)
    hold.release()


async def test_a_file_is_found_in_an_attachment_pages_ago(relay: Relay) -> None:
    attachment = {"file_id": TABLE.id, "tools": []}
    thread_id = await relay.new_thread({**QUESTION, "attachments": [attachment]}, *[QUESTION] * 120)

    answer = await relay.get(f"/threads/{thread_id}/files/{TABLE.id}/content")

    assert answer.body == TABLE.content


async def test_a_word_in_a_text_names_no_file(start_relay: StartRelay) -> None:
    text: Any = {"type": "text", "text": {"value": "see file-1 please", "annotations": []}}
    named = [{"id": "msg_1", "content": [text]}]
    async with ByteServer.started(messages=named, file=b"secret") as server:
        relay = await start_relay(openai_base_url=server.url)

        assert (await relay.get("/threads/thread_1/files/file-1/content")).status == 404


async def test_a_file_that_is_gone_upstream_is_told(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await thread_with_files(relay)
    scripted.fail_next("files.content", status=404, message="No such File object")

    answer = await relay.get(f"/threads/{thread_id}/files/{CHART.id}/content")

    assert (answer.status, answer.error["message"]) == (404, "No such File object")


async def test_a_file_that_breaks_off_has_one_status_line_and_no_proper_end(
    start_relay: StartRelay,
) -> None:
    named = [{"id": "msg_1", "content": [{"image_file": {"file_id": "file-1"}}]}]
    async with ByteServer.started(messages=named, file=b"half", file_size=1_000) as server:
        relay = await start_relay(openai_base_url=server.url)
        answer = await answer_to(relay, "GET", "/threads/thread_1/files/file-1/content")

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"Content-Length: 1000" in answer
    assert answer.endswith((b"\r\n\r\nhalf", b"\r\n\r\n"))
