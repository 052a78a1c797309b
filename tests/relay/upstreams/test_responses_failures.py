"""The `responses` upstream: requests that fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from relay.errors import RelayError, UpstreamLost, UpstreamRefused
from relay.upstreams import Page, Stream
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.faults import Drop, Fault, NeverAnswer, Refuse
from tests.scripted.responses import ScriptedResponses

from .asking import read
from .conftest import OpenResponses
from .responding import HeardRun, start

RUN = {"id": "run_1", "thread_id": "conv_1", "assistant_id": "plain-text", "metadata": None}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WAITING = {**RUN, "required_action": {"submit_tool_outputs": {"tool_calls": [CALL]}}}
OUTPUT = {"tool_call_id": "call_1", "output": "-"}


def resumed(upstream: ResponsesUpstream) -> Stream:
    stream = upstream.resume_run({**RUN, "upstream_ids": ["resp_1"]}, 3)
    assert stream
    return stream


REQUESTS: Mapping[str, Callable[[ResponsesUpstream], Awaitable[Any]]] = {
    "create a thread": lambda upstream: upstream.create_thread({}),
    "retrieve a thread": lambda upstream: upstream.retrieve_thread("conv_1"),
    "list messages": lambda upstream: upstream.list_messages("conv_1", Page()),
    "create a message": lambda upstream: upstream.create_message("conv_1", QUESTION),
    "start a run": lambda upstream: read(upstream.start_run(start("conv_1"))),
    "submit outputs": lambda upstream: read(upstream.submit_tool_outputs(WAITING, [OUTPUT])),
    "resume a run": lambda upstream: read(resumed(upstream)),
    "retrieve a run": lambda upstream: upstream.retrieve_run("conv_1", "resp_1"),
    "messages of a run": lambda upstream: upstream.run_messages(
        {**RUN, "upstream_ids": ["resp_1"]}
    ),
    "cancel a run": lambda upstream: upstream.cancel_run("conv_1", "resp_1"),
    "close calls": lambda upstream: upstream.close_calls(WAITING, "It expired."),
}


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
async def test_a_server_that_is_gone_is_lost_to_every_request(
    ask: Callable[[ResponsesUpstream], Awaitable[Any]],
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
) -> None:
    await scripted_responses.stop()

    with pytest.raises(RelayError) as raised:
        await asyncio.wait_for(ask(responses), 10)

    assert isinstance(raised.value, UpstreamLost)


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
async def test_what_is_not_there_is_unknown_to_every_request(
    ask: Callable[[ResponsesUpstream], Awaitable[Any]],
    responses: ResponsesUpstream,
) -> None:
    try:
        await ask(responses)
    except UpstreamRefused as refusal:
        status: int | None = refusal.http_status
    else:
        status = None

    assert status == (None if ask is REQUESTS["create a thread"] else 404)


@pytest.mark.parametrize(
    "fault",
    [Drop(), Drop(when_done=True), NeverAnswer(when_done=True), Refuse(504)],
    ids=["dropped", "dropped when done", "never answered", "a gateway's word"],
)
async def test_a_start_that_nobody_heard_of_may_have_been_one(
    fault: Fault,
    scripted_responses: ScriptedResponses,
    open_responses: OpenResponses,
    conversation_id: str,
) -> None:
    hasty = open_responses(request_timeout=0.3)
    scripted_responses.fail_next("responses.create", fault)

    with pytest.raises(UpstreamLost) as raised:
        await HeardRun(hasty, conversation_id, "default").begin()

    assert raised.value.unknown
    assert len(scripted_responses.received("responses.create")) == 1


async def test_a_server_that_falls_silent_is_lost(
    scripted_responses: ScriptedResponses, open_responses: OpenResponses, conversation_id: str
) -> None:
    hasty = open_responses(stall_timeout=0.2)
    scripted_responses.hold(2)
    run = HeardRun(hasty, conversation_id, "default")

    with pytest.raises(UpstreamLost):
        await run.begin()

    assert len(run.events) == 2


async def test_the_key_is_in_no_error_and_no_log(
    scripted_responses: ScriptedResponses,
    responses: ResponsesUpstream,
    conversation_id: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    key = scripted_responses.key
    message = f"Incorrect API key provided: {key}."
    told = []

    for status in (400, 401, 404, 500):
        scripted_responses.fail_next("responses.create", status=status, message=message)
        with pytest.raises(UpstreamRefused) as raised:
            await HeardRun(responses, conversation_id).begin()
        told.append(f"{raised.value!r} {raised.value.to_json()}")

    assert key
    assert all(key not in text for text in [*told, caplog.text])
