"""Each round of tool outputs is one of its own, and so is the stream that it begins."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Drop, NeverAnswer
from tests.scripted.framing import Framing

from .conftest import StartRelay
from .event_streams import statuses
from .relays import Answer, Relay
from .replies import DONE, Replies, asking_for, large, run_frame

OUTPUTS = {"tool_outputs": [{"tool_call_id": "call_0", "output": "dry"}]}
STREAM = {"assistant_id": "any", "stream": True}


@pytest.fixture
async def replies() -> AsyncIterator[Replies]:
    async with Replies.started() as replies:
        yield replies


def path_of(run: Any) -> str:
    return f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"


async def submit_for_stream(relay: Relay, run: Any) -> Answer:
    """The stream that answers a submission of an output for each call of a run."""
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    outputs = [{"tool_call_id": call["id"], "output": "dry"} for call in calls]
    return await relay.post(path_of(run), {"tool_outputs": outputs, "stream": True})


async def test_a_call_id_that_is_used_again_is_answered_again(
    start_relay: StartRelay, replies: Replies
) -> None:
    relay = await start_relay(openai_base_url=replies.url)
    replies.reply(run_frame("created"), asking_for("call_0")).end()
    second, third = replies.reply(run_frame("in_progress")), replies.reply()

    async with relay.follow("thread_1") as feed:
        await relay.start("thread_1")
        run = await feed.asked()
        answers = [await relay.post(path_of(run), OUTPUTS) for _ in range(2)]
        after_one_round = replies.posted("submit_tool_outputs")
        second.send(asking_for("call_0")).end()
        await feed.until_said("requires_action")
        answers += [await relay.post(path_of(run), OUTPUTS) for _ in range(2)]
        third.send(run_frame("completed"), DONE).end()
        frames = await feed.until_ended()

    assert [answer.status for answer in answers] == [200] * 4
    assert after_one_round == 1
    assert replies.posted("submit_tool_outputs") == 2
    assert statuses(frames) == ["in_progress", "completed"]


async def test_a_call_that_is_asked_again_in_one_piece_with_its_answer_is_answered_again(
    start_relay: StartRelay, replies: Replies
) -> None:
    relay = await start_relay(openai_base_url=replies.url)
    for _ in range(3):
        replies.reply(run_frame("in_progress") + asking_for("call_0")).end()
    replies.reply(run_frame("completed") + DONE).end()

    async with relay.follow("thread_1") as feed:
        await relay.start("thread_1")
        answers = []
        for _ in range(3):
            run = await feed.asked()
            answers.append(await relay.post(path_of(run), OUTPUTS))
        await feed.until_ended()

    assert [answer.status for answer in answers] == [200] * 3
    assert replies.posted("submit_tool_outputs") == 3


@pytest.mark.parametrize("fault", [Drop(), NeverAnswer()], ids=["reset", "no answer"])
async def test_outputs_that_were_lost_have_no_stream_and_are_asked_for_again(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Any
) -> None:
    relay = await start_relay(request_timeout=0.3)
    scripted.fail_next("runs.submit_tool_outputs", fault)
    async with relay.waiting_run() as (feed, run):
        lost = await submit_for_stream(relay, run)
        again = await feed.asked()
        taken = await submit_for_stream(relay, again)
        await feed.until_ended()

    assert (lost.status, lost.error["code"]) == (502, "start_unknown")
    assert lost.headers["x-should-retry"] == "false"
    assert again["required_action"] == run["required_action"]
    assert taken.body == streams_of(scripted, run["thread_id"])[1]


async def test_a_stream_whose_outputs_were_taken_unheard_is_not_another_one(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    scripted.fail_next("runs.submit_tool_outputs", Drop(when_done=True))
    async with relay.waiting_run() as (feed, run):
        answer = await submit_for_stream(relay, run)
        frames = await feed.until_ended()

    assert (answer.status, answer.error["code"]) == (502, "start_unknown")
    assert frames[-1].says("completed")


async def test_a_repeat_of_an_earlier_round_gets_that_rounds_own_stream(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    async with relay.waiting_run("call-after-call") as (feed, first):
        await relay.answer_calls(first)
        second = await feed.asked()
        while_waiting = await submit_for_stream(relay, first)
        await relay.answer_calls(second)
        await feed.until_ended()
        at_the_end = [await submit_for_stream(relay, run) for run in (first, second)]

    streams = streams_of(scripted, first["thread_id"])
    assert while_waiting.body == streams[1]
    assert [answer.body for answer in at_the_end] == streams[1:]
    assert len(scripted.received("runs.submit_tool_outputs")) == 2


def streams_of(scripted: ScriptedAssistants, thread_id: str) -> list[bytes]:
    """The streams of a run, as the upstream sent them."""
    streams = [b""]
    for number, event in enumerate(scripted.thread(thread_id).runs[0].events, 1):
        streams[-1] += Framing().frame(event, number)
        if event.is_last:
            streams.append(b"")
    return streams[:-1]


async def test_a_slow_reader_gets_the_frames_of_its_own_stream_only(
    start_relay: StartRelay, replies: Replies
) -> None:
    relay = await start_relay(openai_base_url=replies.url)
    first = [*map(large, range(150)), asking_for("call_0")]
    second = [*map(large, range(150, 160)), run_frame("completed"), DONE]
    replies.reply(*first).end()
    replies.reply(*second).end()
    url, timeout = f"{relay.url}/threads/thread_1/runs", aiohttp.ClientTimeout(total=None)

    async with (
        relay.follow("thread_1") as feed,
        relay.session.post(url, json=STREAM, timeout=timeout) as response,
    ):
        response.connection.transport.pause_reading()  # type: ignore[union-attr]
        run = await feed.asked()
        answer = await relay.post(path_of(run), {**OUTPUTS, "stream": True})
        await feed.until_ended()
        response.connection.transport.resume_reading()  # type: ignore[union-attr]
        received = await response.read()

    assert received == b"".join(first)
    assert answer.body == b"".join(second)
