"""What the scripted Responses server refuses, and what a test may let go wrong."""

import asyncio
from typing import Any

import aiohttp
import pytest

from .faults import COMMENTS, Drop, EndEarly, Insert, NeverAnswer, Stall
from .framing import Framing
from .responses import ScriptedResponses
from .responses.accent import Accent

HELLO = {"model": "plain-text", "input": "Hello", "stream": True}


@pytest.fixture
async def session(scripted_responses: ScriptedResponses) -> Any:
    """Plain HTTP, for what an SDK would hide."""
    headers = {"Authorization": f"Bearer {scripted_responses.key}"}
    async with aiohttp.ClientSession(
        scripted_responses.url + "/", headers=headers
    ) as plain_session:
        yield plain_session


async def streamed(session: aiohttp.ClientSession, **more: Any) -> bytes:
    async with session.post("responses", json={**HELLO, **more}) as response:
        return await response.read()


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"model": "plain-text", "input": "a", "mood": "good"}, "mood", "unknown_parameter"),
        ({"model": "plain-text"}, "input", "missing_required_parameter"),
        ({"input": "a"}, "model", "missing_required_parameter"),
        ({"model": "plain-text", "conversation": "conv_1"}, "input", "missing_required_parameter"),
        (
            {"model": "plain-text", "input": [], "conversation": "a", "previous_response_id": "b"},
            None,
            "mutually_exclusive_parameters",
        ),
        ({"model": "plain-text", "input": 7}, "input", "invalid_value"),
        ({"model": "plain-text", "input": [{"type": "tune"}]}, "input[0].type", "invalid_value"),
    ],
    ids=["unknown", "no input", "no model", "with a conversation too", "two", "number", "type"],
)
async def test_a_wrong_request_is_told_what_is_wrong(
    session: aiohttp.ClientSession, body: Any, param: str | None, code: str
) -> None:
    async with session.post("responses", json=body) as response:
        error = (await response.json())["error"]

    assert response.status == 400
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429, 500, 503])
async def test_a_refusal_comes_once_and_starts_nothing(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession, status: int
) -> None:
    scripted_responses.fail_next("responses.create", status=status, headers={"Retry-After": "3"})

    async with session.post("responses", json=HELLO) as refused:
        await refused.read()
    await streamed(session)

    assert (refused.status, refused.headers["Retry-After"]) == (status, "3")
    assert len(scripted_responses.received("responses.create")) == 2
    assert len(scripted_responses.responses) == 1


@pytest.mark.parametrize("when_done", [False, True])
async def test_a_connection_is_closed_before_the_headers(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession, *, when_done: bool
) -> None:
    scripted_responses.fail_next("responses.create", Drop(when_done=when_done))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await streamed(session)

    assert len(scripted_responses.responses) == when_done


@pytest.mark.parametrize("background", [False, True])
async def test_an_answer_never_comes_though_the_response_was_started(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession, *, background: bool
) -> None:
    hold = scripted_responses.hold(3)
    scripted_responses.fail_next("responses.create", NeverAnswer(when_done=True))

    waiting = asyncio.create_task(streamed(session, background=background))
    await hold.reached()

    [response] = scripted_responses.responses
    assert not waiting.done()
    assert response.is_lost is not background
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_a_stream_that_stalls_has_its_events_up_to_there(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    scripted_responses.fail_next("responses.create", Stall(2))

    async with session.post("responses", json=HELLO) as response:
        lines = [await response.content.readline() for _ in range(6)]
        await scripted_responses.finished(scripted_responses.responses[0].id)

    assert lines[3] == b"event: response.in_progress\n"
    assert scripted_responses.responses[0].status == "completed"


async def test_a_stream_may_end_without_its_terminal_event(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    scripted_responses.fail_next("responses.create", EndEarly(8))

    stream = await streamed(session)

    assert stream.count(b"\n\n") == 8
    assert b"response.completed" not in stream


async def test_foreign_bytes_come_between_two_events(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    scripted_responses.fail_next("responses.create", Insert(8, COMMENTS))

    stream = await streamed(session)

    assert COMMENTS in stream
    assert b"event: response.completed\n" in stream


async def test_a_stream_again_has_a_fault_of_its_own(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    await streamed(session, background=True)
    [response] = scripted_responses.responses
    scripted_responses.fail_next("responses.retrieve.stream", status=503)

    async with session.get(f"responses/{response.id}", params={"stream": "true"}) as again:
        await again.read()
    async with session.get(f"responses/{response.id}") as whole:
        await whole.read()

    assert (again.status, whole.status) == (503, 200)
    assert len(scripted_responses.received("responses.retrieve")) == 1


async def test_a_server_of_another_make_knows_no_background(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    scripted_responses.manners.has_background = False

    async with session.post("responses", json={**HELLO, "background": True}) as response:
        error = (await response.json())["error"]

    assert response.status == 400
    assert error["param"] == "background"


async def test_a_server_of_another_make_frames_its_events_in_its_own_way(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    scripted_responses.manners.framing = Framing(names=False, comment="WAIT")
    scripted_responses.manners.accent = Accent(
        numbers=False, rotates_ids=True, repeats_output=False, says_done=True
    )

    stream = await streamed(session)

    lines = stream.split(b"\n")
    assert lines[:2] == [b": WAIT", b""]
    assert lines[-3:] == [b"data: [DONE]", b"", b""]
    assert b'"output":[]' in lines[-5]
    assert b"event:" not in stream
    assert b"sequence_number" not in stream


async def test_a_server_that_is_gone_comes_back_with_its_responses(
    scripted_responses: ScriptedResponses, session: aiohttp.ClientSession
) -> None:
    await streamed(session)
    [response] = scripted_responses.responses

    await scripted_responses.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(f"responses/{response.id}")
    await scripted_responses.start()

    async with session.get(f"responses/{response.id}") as again:
        assert (await again.json())["id"] == response.id
