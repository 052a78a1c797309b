"""Recordings over HTTP: an EventSource straight onto one, with failures on demand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from relay.places import recordings_folder

from .conftest import StartRelay
from .event_streams import PATIENCE_SECONDS, Sent
from .relays import Relay
from .sse_by_the_book import events_in, events_of

NAME = "plain-text"
STREAM = (recordings_folder() / f"{NAME}.sse").read_bytes()
EVENTS = events_in(STREAM)
PATH = f"/recordings/{NAME}/events"


@pytest.fixture
async def relay(start_relay: StartRelay) -> Relay:
    return await start_relay(recordings=(recordings_folder(),))


@asynccontextmanager
async def playing(
    relay: Relay, query: str, **headers: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    async with relay.session.get(relay.url + PATH + query, headers=headers) as response:
        assert response.status == 200, await response.read()
        yield response


def frames_of(body: bytes) -> list[Sent]:
    return [Sent.parse(raw) for raw in body.split(b"\n\n")[:-1]]


async def until_cut(response: aiohttp.ClientResponse) -> bytes:
    """What came before the connection was lost."""
    body = b""
    try:
        async for chunk in response.content.iter_any():
            body += chunk
    except aiohttp.ClientError:
        return body
    raise AssertionError("the answer has ended properly")


async def test_recordings_are_listed_with_their_names(relay: Relay) -> None:
    answer = await relay.get("/recordings")

    names = sorted(path.stem for path in recordings_folder().glob("*.sse"))
    entries = {entry["id"]: entry for entry in answer.json["data"]}
    assert answer.json["object"] == "list"
    assert sorted(entries) == names
    assert entries[NAME] == {"id": NAME, "name": "Plain text", "events": len(EVENTS)}


async def test_flat_out_it_is_the_recording_with_ids(relay: Relay) -> None:
    async with playing(relay, "?speed=0") as response:
        frames = frames_of(await response.read())

    assert response.headers["Content-Type"] == "text/event-stream"
    assert [frame.id for frame in frames] == [str(n) for n in range(1, len(EVENTS) + 1)]
    assert events_of(frame.body for frame in frames) == EVENTS


@pytest.mark.parametrize("number", [1, 2, 50, len(EVENTS) - 1])
async def test_it_is_cut_after_an_event_and_goes_on_from_there(relay: Relay, number: int) -> None:
    query = f"?speed=0&stop_after={number}"
    async with playing(relay, query) as response:
        first = frames_of(await until_cut(response))

    async with playing(relay, query, **{"Last-Event-ID": str(first[-1].id)}) as response:
        rest = frames_of(await response.read())

    assert len(first) == number
    assert events_of(frame.body for frame in [*first, *rest]) == EVENTS
    assert [frame.id for frame in rest] == [str(n) for n in range(number + 1, len(EVENTS) + 1)]


async def test_it_stalls_after_an_event_and_goes_on_for_those_who_come_back(relay: Relay) -> None:
    query = "?speed=0&stall_after=9"
    async with playing(relay, query) as response:
        body = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while body.count(b"\n\n") < 9:
                body += await response.content.readany()
        is_ended = response.content.at_eof()
    async with playing(relay, query, **{"Last-Event-ID": "9"}) as response:
        rest = frames_of(await response.read())

    assert not is_ended
    assert len(frames_of(body)) == 9
    assert events_of(frame.body for frame in [*frames_of(body), *rest]) == EVENTS


@pytest.mark.parametrize("cursor", [len(EVENTS), len(EVENTS) + 1, 10**30])
async def test_behind_its_end_there_is_nothing_more_ever(relay: Relay, cursor: int) -> None:
    answer = await relay.get(PATH, **{"Last-Event-ID": str(cursor)})

    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize("cursor", ["0", "x", "-1", "1.5", "\u0661".encode().decode("latin-1")])
async def test_a_cursor_that_is_none_is_the_beginning(relay: Relay, cursor: str) -> None:
    async with playing(relay, "?speed=0", **{"Last-Event-ID": cursor}) as response:
        frames = frames_of(await response.read())

    assert frames[0].id == "1"


async def test_the_cursor_may_stand_in_the_query_and_the_header_wins(relay: Relay) -> None:
    query = "?speed=0&last_event_id=40"
    async with playing(relay, query) as response:
        by_query = frames_of(await response.read())
    async with playing(relay, query, **{"Last-Event-ID": "60"}) as response:
        by_header = frames_of(await response.read())

    assert (by_query[0].id, by_header[0].id) == ("41", "61")


async def test_it_keeps_its_pace(relay: Relay) -> None:
    async with playing(relay, "?speed=0.001") as response:
        first = await response.content.readuntil(b"\n\n")
        # The next event is minutes away: nothing more has come with the first one.
        more = response.content.read_nowait()

    assert Sent.parse(first[:-2]).id == "1"
    assert more == b""


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("?speed=fast", "speed"), ("?speed=-1", "speed"), ("?speed=nan", "speed"),
        ("?speed=inf", "speed"), ("?speed=1e9", "speed"), ("?speed=", "speed"),
        ("?stop_after=0", "stop_after"), ("?stop_after=x", "stop_after"),
        ("?stop_after=99999", "stop_after"), ("?stall_after=-1", "stall_after"),
        ("?stall_after=1.5", "stall_after"),
    ],
)  # fmt: skip
async def test_a_bad_query_is_refused_by_name(relay: Relay, query: str, param: str) -> None:
    answer = await relay.get(PATH + query)

    assert (answer.status, answer.error["param"]) == (400, param)


async def test_two_play_at_once_and_do_not_disturb_each_other(relay: Relay) -> None:
    async with playing(relay, "?speed=0&stall_after=3"), playing(relay, "?speed=0") as response:
        frames = frames_of(await response.read())

    assert len(frames) == len(EVENTS)
