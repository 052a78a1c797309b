"""What Conversations do not keep, the relay does: whose a message is, and what was cut short."""

from tests.relay.conftest import StartRelay
from tests.relay.event_streams import Sent, folded
from tests.relay.relays import Relay
from tests.scripted.responses import ScriptedResponses

from .watching import all_pages, assert_reload_is, told, watched


async def cancelled_run(
    server: ScriptedResponses, relay: Relay, thread_id: str, assistant_id: str
) -> list[Sent]:
    """A run that was stopped in mid-answer."""
    hold = server.hold(after_event=8)
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, assistant_id)
        await hold.reached()
        await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
        frames = await feed.until_ended(run_id)
    hold.release()
    return frames


async def three_runs(server: ScriptedResponses, relay: Relay, thread_id: str) -> list[Sent]:
    """Of two assistants; the one in the middle is cut short."""
    return [
        *await watched(relay, thread_id, "several-messages"),
        *await cancelled_run(server, relay, thread_id, "plain-text"),
        *await watched(
            relay, thread_id, "web-search",
            additional_messages=[{"role": "user", "content": "And the storks?"}],
        ),
    ]  # fmt: skip


async def forgotten(relay: Relay, thread_id: str) -> None:
    while relay.is_open(thread_id):
        await relay.get("/healthz")


async def test_each_message_says_whose_it_is_after_a_reload(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()

    frames = await three_runs(scripted_responses, relay, thread_id)

    await assert_reload_is(relay, thread_id, frames)
    listed = (await relay.messages(thread_id))["data"]
    writers = [message["assistant_id"] for message in listed if message["role"] == "assistant"]
    assert writers[0] == "web-search"
    assert writers[1] == "plain-text"
    assert set(writers[2:]) == {"several-messages"}


async def test_it_says_so_when_the_log_is_forgotten_too(
    scripted_responses: ScriptedResponses, start_relay: StartRelay
) -> None:
    relay = await start_relay(log_idle_seconds=0.1)
    thread_id = await relay.new_thread()

    frames = await three_runs(scripted_responses, relay, thread_id)
    await forgotten(relay, thread_id)
    await assert_reload_is(relay, thread_id, frames)
    more = await watched(relay, thread_id, "plain-text")
    await forgotten(relay, thread_id)

    await assert_reload_is(relay, thread_id, [*frames, *more])


async def test_pages_put_together_are_the_thread(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()

    frames = await three_runs(scripted_responses, relay, thread_id)
    whole = (await relay.messages(thread_id))["data"]

    assert {message["id"] for message in folded(frames)} < {message["id"] for message in whole}
    for limit in (1, 2, 3):
        assert told(await all_pages(relay, thread_id, "desc", limit)) == told(whole)
        assert told(await all_pages(relay, thread_id, "asc", limit)) == told(whole[::-1])


async def test_a_message_that_is_being_written_is_in_the_list(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted_responses.hold(after_event=9)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id)
        await hold.reached()
        first = [await feed.next() for _ in range(10)]
        page = await relay.messages(thread_id)
        hold.release()
        rest = await feed.until_ended(run_id)

    assert page["last_event_id"] == first[-1].id
    assert told(page["data"][:1]) == told(folded(first))
    assert page["runs"][0]["id"] == run_id
    assert told(folded(rest, page["data"])) == told((await relay.messages(thread_id))["data"])


async def test_a_run_that_waits_is_told_of_after_a_reload(relay: Relay) -> None:
    async with relay.waiting_run("parallel-calls") as (feed, run):
        [shown] = (await relay.messages(run["thread_id"]))["runs"]
        answer = await relay.answer_calls(shown)
        frames = await feed.until_ended(run["id"])

    assert shown["required_action"] == run["required_action"]
    assert shown["status"] == "requires_action"
    assert answer.status == 200
    assert frames[-1].data["status"] == "completed"


async def test_the_newest_page_holds_no_more_than_is_asked_for(
    scripted_responses: ScriptedResponses, relay: Relay
) -> None:
    thread_id = await relay.new_thread()
    await cancelled_run(scripted_responses, relay, thread_id, "plain-text")

    page = await relay.messages(thread_id, "?limit=1")
    rest = await relay.messages(thread_id, f"?after={page['last_id']}")

    assert [message["role"] for message in page["data"]] == ["assistant"]
    assert page["has_more"]
    assert [message["role"] for message in rest["data"]] == ["user"]
