"""The `assistants` upstream: requests that fail."""

import logging

import pytest

from relay.errors import ThreadBusy, UpstreamLost, UpstreamRefused
from relay.upstreams import Page
from relay.upstreams.assistants import AssistantsUpstream
from tests.relay.relays import QUESTION
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Drop, Fault, NeverAnswer

from .asking import last_request_id, read, start


@pytest.mark.parametrize("status", [400, 404, 429])
async def test_what_a_client_can_mend_is_passed_on(
    status: int, scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next(
        "runs.create",
        status=status,
        headers={"Retry-After": "7"},
        message="No bees today.",
        code="no_bees",
    )

    with pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    error = raised.value
    assert error.http_status == status
    assert str(error) == "No bees today."
    assert error.to_json()["error"]["code"] == "no_bees"
    assert error.headers["Retry-After"] == "7"
    assert error.request_id == last_request_id(scripted)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
async def test_what_a_client_cannot_mend_is_told_in_other_words(
    status: int, scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", status=status, message="Secret plans.")

    with pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    assert raised.value.http_status == 502
    assert "Secret plans" not in str(raised.value.to_json())
    assert last_request_id(scripted) in str(raised.value)


async def test_a_refused_start_is_not_repeated(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("runs.create", status=500)

    with pytest.raises(UpstreamRefused):
        await read(upstream.start_run(start(thread_id)))

    assert len(scripted.received("runs.create")) == 1


async def test_a_body_that_is_no_error_object_is_a_refusal_all_the_same(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("messages.list", status=404, body=["what?"])

    with pytest.raises(UpstreamRefused) as raised:
        await upstream.list_messages(thread_id, Page())

    assert raised.value.http_status == 404
    assert str(raised.value) == "the upstream answered 404"


async def test_a_run_of_someone_else_makes_the_thread_busy(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream, thread_id: str
) -> None:
    scripted.hold(1)
    async with upstream.start_run(start(thread_id)) as chunks:
        await anext(chunks)

        with pytest.raises(ThreadBusy):
            await read(upstream.start_run(start(thread_id)))
        with pytest.raises(ThreadBusy):
            await upstream.create_message(thread_id, QUESTION)


@pytest.mark.parametrize(
    "fault",
    {
        "dropped before it": Drop(),
        "dropped after it": Drop(when_done=True),
        "no answer": NeverAnswer(),
        "no answer, but done": NeverAnswer(when_done=True),
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_start_without_an_answer_leaves_open_what_was_done(
    fault: tuple[str, Fault],
    scripted: ScriptedAssistants,
    hasty: AssistantsUpstream,
    thread_id: str,
) -> None:
    scripted.fail_next("runs.create", fault[1])

    with pytest.raises(UpstreamLost) as raised:
        await read(hasty.start_run(start(thread_id)))

    assert raised.value.unknown
    assert len(scripted.received("runs.create")) == 1


async def test_a_question_without_an_answer_leaves_nothing_open(
    scripted: ScriptedAssistants, hasty: AssistantsUpstream, thread_id: str
) -> None:
    scripted.fail_next("threads.retrieve", NeverAnswer())

    with pytest.raises(UpstreamLost) as raised:
        await hasty.retrieve_thread(thread_id)

    assert not raised.value.unknown


async def test_a_refused_connection_cannot_have_started_anything(
    scripted: ScriptedAssistants, upstream: AssistantsUpstream
) -> None:
    await scripted.stop()

    with pytest.raises(UpstreamLost) as raised:
        await read(upstream.start_run(start("thread_1")))

    assert not raised.value.unknown


@pytest.mark.parametrize("status", [400, 401, 500])
async def test_the_key_is_in_no_error_and_no_log_line(
    status: int,
    scripted: ScriptedAssistants,
    upstream: AssistantsUpstream,
    thread_id: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = "sk-proj-another_KEY-0123"
    headers = {"Retry-After": scripted.key}
    message = f"Wrong key {scripted.key}, or was it {other}?"
    scripted.fail_next("runs.create", status=status, headers=headers, message=message, code=other)

    with caplog.at_level(logging.DEBUG, "relay"), pytest.raises(UpstreamRefused) as raised:
        await read(upstream.start_run(start(thread_id)))

    told = f"{raised.value.to_json()} {raised.value} {raised.value.headers} {caplog.text}"
    assert scripted.key not in told
    assert other not in told
