"""The `replay` upstream: how a Responses run ends, and what its thread holds then."""

import asyncio
from pathlib import Path

import pytest

from relay.errors import UpstreamLost
from tests.relay.relays import QUESTION

from .asking import read, read_rest
from .replaying import (
    events_of,
    go_on,
    messages,
    new_thread,
    playing,
    run_id_of,
    started,
    text_of,
    told,
    upstream_ids_of,
    watched,
)
from .responses_recorded import GOES_ON, PLAIN, ROUND, completed, created, event, text, text_begun

LISTS = {
    "one answer": (PLAIN, "completed"),
    "two responses": (PLAIN + GOES_ON + completed("resp_2"), "completed"),
    "no blank line at the end": (PLAIN.rstrip(), "completed"),
    "no terminal event": (PLAIN[: -len(completed("resp_1"))], "failed"),
    "a text that breaks off": (created("resp_1") + text_begun("msg_1", "Be"), "failed"),
    "an error": (created("resp_1") + text_begun("msg_1", "Be") + event("error"), "failed"),
    "a limit": (
        created("resp_1")
        + text_begun("msg_1", "Be")
        + completed("resp_1", status="incomplete", incomplete_details={"reason": "content_filter"}),
        "incomplete",
    ),
    "no beginning": (PLAIN[len(created("resp_1")) :], "completed"),
    "changing ids": (
        created("one") + text_begun("two", "Be") + text("three", "Bees") + completed("four"),
        "completed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "status"), LISTS.values(), ids=LISTS)
async def test_a_thread_holds_what_its_followers_hold(
    stream: bytes, status: str, tmp_path: Path
) -> None:
    upstream = playing(tmp_path, stream)
    thread_id = await new_thread(upstream)
    question = await upstream.create_message(thread_id, QUESTION)

    sent = await read(upstream.start_run(started(thread_id)))

    said = await upstream.retrieve_run(thread_id, run_id_of(sent))
    assert said["status"] == status
    held = await messages(upstream, thread_id)
    assert held == await watched(upstream, started(thread_id), sent, question)
    *answers, _ = held
    assert answers
    for message in answers:
        assert message["run_id"] == "run_of_the_relay"
        assert message["assistant_id"] == "bees"
        assert message["thread_id"] == thread_id
        assert message["created_at"] == 1700000000
        assert message["status"] in ("completed", "incomplete")


async def test_a_run_that_was_cancelled_is_so_again(tmp_path: Path) -> None:
    (tmp_path / "bees.json").write_text('{"status": "cancelled"}')
    upstream = playing(tmp_path, created("resp_1") + text_begun("msg_1", "Be"))
    thread_id = await new_thread(upstream)

    sent = await read(upstream.start_run(started(thread_id)))

    said = await upstream.retrieve_run(thread_id, run_id_of(sent))
    assert said["status"] == "cancelled"
    [message] = await messages(upstream, thread_id)
    assert message["incomplete_details"] == {"reason": "run_cancelled"}


async def test_a_round_of_outputs_is_one_run_for_its_thread(tmp_path: Path) -> None:
    upstream = playing(tmp_path, ROUND)
    thread_id = await new_thread(upstream)
    sent = await read(upstream.start_run(started(thread_id)))

    sent += await go_on(upstream, started(thread_id), upstream_ids_of(sent))

    ids = upstream_ids_of(sent)
    held = await messages(upstream, thread_id)
    assert held == await watched(upstream, started(thread_id), sent)
    run = told(started(thread_id), *ids)
    assert await upstream.run_messages(run) == held[::-1]
    assert [message["response_id"] for message in held] == ids[1:]


async def test_it_can_be_played_twice_in_one_thread(tmp_path: Path) -> None:
    upstream = playing(tmp_path, PLAIN)
    thread_id = await new_thread(upstream)

    first = await read(upstream.start_run(started(thread_id)))
    second = await read(upstream.start_run(started(thread_id)))

    held = await messages(upstream, thread_id)
    assert [text_of(message) for message in held] == ["Bees hum.", "Bees hum."]
    named = [*upstream_ids_of(second), *upstream_ids_of(first)]
    assert [message["response_id"] for message in held] == named


def pausing(folder: Path, stream: bytes) -> None:
    """Its first four events are there at once, and then it takes days to go on."""
    times = [0.0] * 4 + [1e9] * (len(events_of(stream)) - 4)
    (folder / "bees.json").write_text(f'{{"arrived_ms": {times}}}')


async def test_a_cancelled_run_just_stops_and_keeps_its_text(tmp_path: Path) -> None:
    pausing(tmp_path, PLAIN)
    upstream = playing(tmp_path, PLAIN, speed=1)
    thread_id = await new_thread(upstream)

    async with upstream.start_run(started(thread_id)) as chunks:
        first = await anext(chunks)
        [response_id] = upstream_ids_of(first)
        await upstream.cancel_run(thread_id, response_id)
        rest = await asyncio.wait_for(read_rest(chunks), 5)

    assert rest == b""
    said = await upstream.retrieve_run(thread_id, response_id)
    assert said == {"upstream_id": response_id, "status": "cancelled"}
    [message] = await upstream.run_messages(told(started(thread_id), response_id))
    assert message["status"] == "incomplete"
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    assert text_of(message) == "Bees"
    held = await messages(upstream, thread_id)
    assert held == await watched(upstream, started(thread_id), first)


async def test_a_run_that_waits_for_outputs_can_be_cancelled(tmp_path: Path) -> None:
    upstream = playing(tmp_path, ROUND)
    thread_id = await new_thread(upstream)
    [asking] = upstream_ids_of(await read(upstream.start_run(started(thread_id))))

    await upstream.cancel_run(thread_id, asking)
    await upstream.cancel_run(thread_id, asking)

    assert (await upstream.retrieve_run(thread_id, asking))["status"] == "cancelled"
    assert await upstream.create_message(thread_id, QUESTION)


async def test_a_run_that_nobody_reads_is_finished_all_the_same(tmp_path: Path) -> None:
    pausing(tmp_path, PLAIN)
    upstream = playing(tmp_path, PLAIN, speed=1)
    thread_id = await new_thread(upstream)

    async with upstream.start_run(started(thread_id)) as chunks:
        [response_id] = upstream_ids_of(await anext(chunks))

    said = await upstream.retrieve_run(thread_id, response_id)
    assert said == {"upstream_id": response_id, "status": "completed"}
    [message] = await messages(upstream, thread_id)
    assert text_of(message) == "Bees hum."


@pytest.mark.parametrize("setting", ["stop_after", "stall_after"])
async def test_a_stream_can_be_broken_on_purpose(setting: str, tmp_path: Path) -> None:
    upstream = playing(tmp_path, PLAIN, **{setting: 4, "stall_timeout": 0.05})
    thread_id = await new_thread(upstream)
    received = bytearray()

    async def take() -> None:
        async for chunk in chunks:
            received.extend(chunk)

    async with upstream.start_run(started(thread_id)) as chunks:
        with pytest.raises(UpstreamLost):
            await take()

    assert len(events_of(bytes(received))) == 4
    [message] = await upstream.run_messages(
        told(started(thread_id), *upstream_ids_of(bytes(received)))
    )
    assert (message["status"], text_of(message)) == ("completed", "Bees hum.")
