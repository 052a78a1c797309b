"""The same Idempotency-Key is the same request, however often it is posted."""

import asyncio

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Drop, Fault, NeverAnswer

from .conftest import StartRelay
from .gates import Gate
from .relays import QUESTION, Answer, Relay

RUN = {"assistant_id": "one-word"}


async def test_a_hundred_posts_of_one_key_start_one_run(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"

    answers = await asyncio.gather(*(relay.post(path, RUN, key="key") for _ in range(100)))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(scripted.received("runs.create")) == 1
    assert len((await relay.get(path)).json["data"]) == 1


async def test_a_key_is_good_long_after_its_run_has_ended(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"
    first = await relay.post(path, RUN, key="key")
    async with relay.follow(thread_id, first.json["id"]) as feed:
        await feed.rest()

    again = await relay.post(path, RUN, key="key")

    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert again.json["status"] == "completed"
    assert len(scripted.received("runs.create")) == 1


async def test_without_a_key_each_post_is_a_run(relay: Relay, scripted: ScriptedAssistants) -> None:
    thread_id = await relay.new_thread()
    for _ in range(2):
        run_id = await relay.start(thread_id, "one-word")
        async with relay.follow(thread_id, run_id) as feed:
            await feed.rest()

    assert len(scripted.received("runs.create")) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"assistant_id": "plain-text"},
        {**RUN, "metadata": {}},
        {**RUN, "if_busy": "enqueue"},
        {**RUN, "additional_messages": [QUESTION]},
        {**RUN, "stream": True},
    ],
    ids=["assistant", "metadata", "if_busy", "messages", "stream"],
)
async def test_the_same_key_with_another_body_is_refused(
    relay: Relay, scripted: ScriptedAssistants, other: object
) -> None:
    thread_id = await relay.new_thread()
    await relay.post(f"/threads/{thread_id}/runs", RUN, key="key")

    answer = await relay.post(f"/threads/{thread_id}/runs", other, key="key")

    assert (answer.status, answer.error["code"]) == (422, "idempotency_key_reused")
    assert answer.headers["x-should-retry"] == "false"
    assert len(scripted.received("runs.create")) == 1


async def test_a_body_that_only_looks_different_is_the_same(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"
    headers = {"Idempotency-Key": "key", "Content-Type": "application/json"}

    first = await relay.ask("POST", path, headers=headers, data=b'{"assistant_id":"one-word"}')
    again = await relay.ask(
        "POST", path, headers=headers, data=b'{ "if_busy": "reject", "assistant_id":"one-word" }'
    )

    assert again.json["id"] == first.json["id"]


async def test_a_key_counts_for_one_thread_and_one_endpoint(relay: Relay) -> None:
    threads = [await relay.new_thread(), await relay.new_thread()]

    messages = [
        await relay.post(f"/threads/{one}/messages", QUESTION, key="key") for one in threads
    ]
    runs = [await relay.post(f"/threads/{one}/runs", RUN, key="key") for one in threads]
    thread = await relay.post("/threads", {}, key="key")

    assert [answer.status for answer in [*messages, *runs, thread]] == [200, 200, 201, 201, 200]
    assert len({answer.json["id"] for answer in [*messages, *runs, thread]}) == 5


@pytest.mark.parametrize("path", ["/threads", "/threads/{t}/messages"])
async def test_threads_and_messages_take_a_key_too(
    relay: Relay, scripted: ScriptedAssistants, path: str
) -> None:
    thread_id = await relay.new_thread()
    scripted.requests.clear()
    body = QUESTION if path.endswith("messages") else {}

    answers = await asyncio.gather(
        *(relay.post(path.format(t=thread_id), body, key="key") for _ in range(20))
    )

    assert len({answer.json["id"] for answer in answers}) == 1
    assert len([one for one in scripted.requests if one.method == "POST"]) == 1


async def test_a_message_that_is_posted_again_is_told_once(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/messages"

    async with relay.follow(thread_id) as feed:
        first = await relay.post(path, QUESTION, key="a")
        await relay.post(path, QUESTION, key="a")
        second = await relay.post(path, QUESTION, key="b")
        frames = [await feed.next(), await feed.next()]

    assert [frame.data for frame in frames] == [first.json, second.json]


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_refusal_frees_the_key(
    relay: Relay, scripted: ScriptedAssistants, status: int
) -> None:
    thread_id = await relay.new_thread()
    path = f"/threads/{thread_id}/runs"
    scripted.fail_next("runs.create", status=status)

    refused = await relay.post(path, RUN, key="key")
    accepted = await relay.post(path, RUN, key="key")

    assert refused.status == (502 if status == 500 else status)
    assert accepted.status == 201
    assert len(scripted.thread(thread_id).runs) == 1


async def test_those_who_wait_for_a_first_answer_are_refused_with_it(
    scripted: ScriptedAssistants, start_relay: StartRelay, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id = await relay.new_thread()
    held = gate.hold_request("POST", "/runs")
    scripted.fail_next("runs.create", status=429, headers={"Retry-After": "7"})
    path = f"/threads/{thread_id}/runs"

    posts = [asyncio.create_task(relay.post(path, RUN, key="key")) for _ in range(5)]
    await held.reached()
    held.release()
    answers = await asyncio.gather(*posts)

    assert {answer.status for answer in answers} == {429}
    assert {answer.headers["Retry-After"] for answer in answers} == {"7"}
    assert len(scripted.received("runs.create")) == 1


@pytest.mark.parametrize(
    "fault",
    [NeverAnswer(when_done=True), Drop(when_done=True), NeverAnswer(), Drop()],
    ids=["no answer, started", "reset, started", "no answer", "reset"],
)
async def test_an_unknown_outcome_is_a_failed_run_that_keeps_the_key(
    start_relay: StartRelay, scripted: ScriptedAssistants, fault: Fault
) -> None:
    relay = await start_relay(request_timeout=0.3)
    thread_id = await relay.new_thread()
    scripted.fail_next("runs.create", fault)

    async with relay.follow(thread_id) as feed:
        first = await relay.post(f"/threads/{thread_id}/runs", RUN, key="key")
        frame = await feed.next()
    again = await relay.post(f"/threads/{thread_id}/runs", RUN, key="key")

    assert first.json["status"] == "failed"
    assert first.json["last_error"]["code"] == "start_unknown"
    assert frame.says("failed", first.json["id"])
    assert again.json == first.json
    assert len(scripted.received("runs.create")) == 1


async def test_an_unknown_outcome_of_a_message_keeps_its_key(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread()
    scripted.fail_next("messages.create", Drop(when_done=True))
    path = f"/threads/{thread_id}/messages"

    first = await relay.post(path, QUESTION, key="key")
    again = await relay.post(path, QUESTION, key="key")

    assert (first.status, again.status) == (502, 502)
    assert again.json == first.json
    assert len(scripted.received("messages.create")) == 1


async def test_a_client_that_leaves_during_the_post_changes_nothing(
    start_relay: StartRelay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url)
    thread_id = await relay.new_thread()
    held = gate.hold_request("POST", "/runs")
    path = f"/threads/{thread_id}/runs"

    async with relay.follow(thread_id) as feed:
        leaving = asyncio.create_task(relay.post(path, RUN, key="key"))
        await held.reached()
        leaving.cancel()
        await asyncio.wait([leaving])
        held.release()
        frames = await feed.until_ended()
    again = await relay.post(path, RUN, key="key")

    assert frames[-1].says("completed", again.json["id"])
    assert len(scripted.received("runs.create")) == 1


async def test_a_key_is_forgotten_when_its_time_is_over(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(key_ttl=0.001)
    created: set[str] = set()

    # Two posts may fall into one millisecond, but not all of these.
    while len(created) < 2:
        answer: Answer = await relay.post("/threads", {}, key="key")
        created.add(answer.json["id"])

    assert len(scripted.received("threads.create")) == 2


async def test_a_key_is_kept_as_long_as_its_request_takes(
    start_relay: StartRelay, scripted: ScriptedAssistants, gate: Gate
) -> None:
    relay = await start_relay(openai_base_url=gate.url, key_ttl=0.001)
    held = gate.hold_request("POST", "/threads")

    first = asyncio.create_task(relay.post("/threads", {}, key="key"))
    await held.reached()
    second = asyncio.create_task(relay.post("/threads", {}, key="key"))
    await relay.post("/threads", {}, key="another")
    held.release()

    assert (await first).json["id"] == (await second).json["id"]
    assert len(scripted.received("threads.create")) == 2
