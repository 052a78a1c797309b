"""What no JSON can say: upstreams say it all the same, and followers get what they can read."""

import json
from typing import Any

import pytest

from relay.frames import data_of, relay_frame

from .byte_servers import ByteServer
from .conftest import StartRelay

CREATED = b'event: thread.run.created\ndata: {"id":"run_1","status":"in_progress"}\n\n'
UNSAYABLE = {
    "not a number": b"NaN",
    "infinite": b"-Infinity",
    "beyond a double": b"1e999",
    "an integer beyond a double": b"9" * 400,
    "an integer too long to read": b"9" * 5000,
    "too deep": b"[" * 300 + b"]" * 300,
    "near the end of the stack": b"[" * 960 + b"]" * 960,
}
each_number = pytest.mark.parametrize("number", UNSAYABLE.values(), ids=UNSAYABLE)


def strict(text: bytes) -> Any:
    """As a browser reads it."""

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@each_number
async def test_a_terminal_event_with_what_is_no_json_ends_the_run_in_json(
    start_relay: StartRelay, number: bytes
) -> None:
    end = b'event: thread.run.completed\ndata: {"id":"run_1","usage":{"total_tokens":%b}}' % number
    async with ByteServer.started([CREATED, end + b"\n\n"]) as server:
        relay = await start_relay(openai_base_url=server.url)
        async with relay.follow("thread_1") as feed:
            run_id = await relay.start("thread_1")
            frames = await feed.until_ended(run_id)

    assert end in [frame.body for frame in frames]
    assert strict(frames[-1].text)["status"] == "completed"
    assert strict(frames[-1].text)["upstream_ids"] == ["run_1"]
    assert strict(frames[-1].text)["usage"] is None


@each_number
def test_data_that_is_no_strict_json_is_none(number: bytes) -> None:
    assert data_of(b"event: x\ndata: [%b]" % number) is None


@pytest.mark.parametrize(
    "value", [float("nan"), float("-inf"), 10**5000], ids=["no number", "infinite", "endless"]
)
def test_a_frame_of_the_relays_own_says_null_for_what_it_cannot_say(value: float) -> None:
    data = {"id": "msg_1", "content": [{"n": value}, 1.5, None], "text": "NaN \ud800"}

    frame = relay_frame("relay.message", data)

    told = strict(frame.partition(b"data: ")[2])
    assert told == {**data, "content": [{"n": None}, 1.5, None]}


def test_a_frame_of_the_relays_own_cuts_off_what_is_too_deep() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]

    frame = relay_frame("relay.message", {"id": "msg_1", "deep": deep})

    assert strict(frame.partition(b"data: ")[2])["id"] == "msg_1"
