"""The `replay` upstream: the streams of a Responses run."""

from pathlib import Path

import pytest

from relay.errors import UpstreamRefused
from tests.relay.relays import QUESTION

from .asking import read
from .replaying import (
    events_of,
    go_on,
    messages,
    new_thread,
    playing,
    started,
    text_of,
    told,
    upstream_ids_of,
    waiting,
)
from .responses_recorded import (
    ASKS,
    DONE,
    GOES_ON,
    PLAIN,
    completed,
    created,
    event,
    text_begun,
)


async def test_it_is_an_assistant_that_speaks_no_threads(tmp_path: Path) -> None:
    upstream = playing(tmp_path, PLAIN)

    [listed] = await upstream.assistants()

    assert listed["id"] == "bees"
    assert not upstream.speaks_threads("bees")
    said = upstream.dialect("bees").read("response.completed", {"response": {"id": "resp_1"}})
    assert said == {"upstream_id": "resp_1", "status": "completed"}


async def test_an_error_alone_answers_too_where_its_upstream_is_known(tmp_path: Path) -> None:
    (tmp_path / "bees.json").write_text('{"upstream": "responses"}')
    upstream = playing(tmp_path, event("error", code="server_error", message="No bees."))
    thread_id = await new_thread(upstream)

    await read(upstream.start_run(started(thread_id)))

    assert not upstream.speaks_threads("bees")
    assert await upstream.create_message(thread_id, QUESTION)


@pytest.mark.parametrize("between", [b"", DONE, event("keepalive")], ids=repr)
async def test_it_waits_for_outputs_where_calls_are_left(between: bytes, tmp_path: Path) -> None:
    upstream = playing(tmp_path, ASKS + between + GOES_ON + completed("resp_2"))
    thread_id = await new_thread(upstream)

    first = await read(upstream.start_run(started(thread_id)))

    [asking] = upstream_ids_of(first)
    [waits] = waiting(await upstream.retrieve_run(thread_id, asking))
    assert waits == events_of(first)[1]["data"]["item"]["call_id"]
    run = told(started(thread_id), asking)
    with pytest.raises(UpstreamRefused, match=waits):
        await read(upstream.submit_tool_outputs(run, []))
    second = await go_on(upstream, started(thread_id), [asking])
    [going_on] = upstream_ids_of(second)
    assert events_of(second)[0]["data"]["response"]["previous_response_id"] == asking
    said = await upstream.retrieve_run(thread_id, going_on)
    assert said == {"upstream_id": going_on, "status": "completed"}
    with pytest.raises(UpstreamRefused, match="does not wait"):
        await read(upstream.submit_tool_outputs(run, [{"tool_call_id": waits, "output": ""}]))


async def test_responses_without_calls_between_them_are_one_stream(tmp_path: Path) -> None:
    upstream = playing(tmp_path, PLAIN + GOES_ON + completed("resp_2"))
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))

    first, second = upstream_ids_of(stream)
    for response_id in (first, second):
        said = await upstream.retrieve_run(thread_id, response_id)
        assert said == {"upstream_id": second, "status": "completed"}


async def test_what_was_taken_up_again_is_one_stream(tmp_path: Path) -> None:
    begun = created("resp_1") + text_begun("msg_1", "Bees")
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    rest = event("response.output_text.delta", delta=" hum.", **where) + completed("resp_1")
    upstream = playing(tmp_path, begun + rest)
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))

    assert len(events_of(stream)) == len(events_of(begun + rest))
    [message] = await messages(upstream, thread_id)
    assert text_of(message) == "Bees hum."


async def test_a_question_without_recorded_answer_is_completed_by_one(tmp_path: Path) -> None:
    upstream = playing(tmp_path, ASKS)
    thread_id = await new_thread(upstream)
    [asking] = upstream_ids_of(await read(upstream.start_run(started(thread_id))))

    rest = await go_on(upstream, started(thread_id), [asking])

    assert rest == b""
    assert (await upstream.retrieve_run(thread_id, asking))["status"] == "completed"
    assert await upstream.create_message(thread_id, QUESTION)
