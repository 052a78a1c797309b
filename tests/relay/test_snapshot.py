"""A reload equals the watched list, whenever it happens and however the run ends."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.scripts import SCRIPTS

from .conftest import StartRelay
from .event_streams import Sent, folded, folded_runs
from .relays import QUESTION, Relay

SAME = ("id", "role", "status", "content", "assistant_id", "run_id")


def shown(messages: Sequence[Any]) -> list[dict[str, Any]]:
    """What must be the same of a message."""
    return [{name: message.get(name) for name in SAME} for message in messages]


@pytest.mark.parametrize("assistant_id", SCRIPTS)
async def test_a_reload_after_a_run_equals_the_watched_list(
    relay: Relay, scripted: ScriptedAssistants, assistant_id: str
) -> None:
    thread_id = await relay.new_thread()
    before = (await relay.messages(thread_id))["data"]

    frames = await relay.watched_run(thread_id, assistant_id)
    page = await relay.messages(thread_id)

    assert shown(page["data"]) == shown(folded(frames, before))
    assert shown(page["data"]) == shown(scripted.thread(thread_id).shown())
    assert page["last_event_id"] == frames[-1].id
    assert page["runs"] == []


@pytest.mark.parametrize("half_finished", ["empty", "partial", "absent"])
async def test_a_reload_in_mid_run_has_all_that_was_said_whatever_the_upstream_lists(
    relay: Relay, scripted: ScriptedAssistants, half_finished: Any
) -> None:
    scripted.manners.half_finished = half_finished
    thread_id = await relay.new_thread()
    before = (await relay.messages(thread_id))["data"]
    hold = scripted.hold(6)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "image-and-text")
        frames: list[Sent] = []
        while not (frames and frames[-1].event == "thread.message.completed"):
            frames.append(await feed.next())
            page = await relay.messages(thread_id)
            # The relay may have heard more than this follower has read yet.
            while frames[-1].id != page["last_event_id"]:
                frames.append(await feed.next())

            assert page["data"] == folded(frames, before)
            assert page["runs"] == folded_runs(frames)
            hold.advance()
        hold.release()
        frames += await feed.until_ended(run_id)

    assert shown((await relay.messages(thread_id))["data"]) == shown(folded(frames, before))


async def test_a_reload_while_a_run_waits_for_tool_outputs_shows_what_it_asks(
    relay: Relay,
) -> None:
    thread_id = await relay.new_thread()

    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id, "call-after-call")
        first = await feed.until_said("requires_action")
        await relay.answer_calls(first[-1].data)
        second = await feed.until_said("requires_action")
        page = await relay.messages(thread_id)

    assert page["runs"] == folded_runs([*first, *second])
    assert page["runs"][0]["required_action"] == second[-1].data["required_action"]
    assert shown(page["data"][:1]) == shown(folded([*first, *second]))


async def test_runs_are_the_one_in_progress_and_then_the_queued_ones(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    await relay.watched_run(thread_id, "one-word")
    hold = scripted.hold(9, thread_id)
    first = await relay.start(thread_id)
    waiting = [await relay.start(thread_id, "one-word", if_busy="enqueue") for _ in range(2)]
    await hold.reached()

    page = await relay.messages(thread_id)

    assert [run["status"] for run in page["runs"]] == ["in_progress", "queued", "queued"]
    assert page["runs"][0]["id"] == first
    assert {run["id"] for run in page["runs"][1:]} == set(waiting)
    hold.release()


async def test_a_page_and_the_feed_from_its_cursor_are_the_watched_list_at_every_event(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(1)
    pages = []

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "several-tools")
        for _ in range(40):
            await hold.reached()
            pages.append(await relay.messages(thread_id))
            hold.advance()
        hold.release()
        await feed.until_ended(run_id)
    final = shown((await relay.messages(thread_id))["data"])

    for page in pages:
        async with relay.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
            rest = await feed.until_ended(run_id)
        assert shown(folded(rest, page["data"])) == final


async def test_a_thread_that_nobody_has_used_has_a_cursor(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    page = await relay.messages(thread_id)

    assert isinstance(page["last_event_id"], str)
    assert page["runs"] == []
    assert shown(page["data"]) == shown([{**page["data"][0], "role": "user"}])


async def test_an_empty_thread_is_an_empty_list_with_a_cursor(relay: Relay) -> None:
    thread = await relay.post("/threads", {})

    page = await relay.messages(thread.json["id"])

    assert (page["data"], page["first_id"], page["last_id"]) == ([], None, None)
    assert isinstance(page["last_event_id"], str)


async def test_looking_at_a_thread_opens_none(relay: Relay) -> None:
    thread_id = await relay.new_thread()

    await relay.messages(thread_id)
    await relay.get(f"/threads/{thread_id}/runs")

    assert not relay.is_open(thread_id)


PAGES = ["?order=asc", "?after={m}", "?before={m}", "?order=asc&after={m}", "?limit=2&after={m}"]


@pytest.mark.parametrize("query", PAGES)
async def test_other_pages_are_the_upstreams_own(
    relay: Relay, scripted: ScriptedAssistants, query: str
) -> None:
    thread_id = await relay.new_thread(*[QUESTION] * 5)
    middle = scripted.thread(thread_id).messages[2].id
    hold = scripted.hold(12)
    await relay.start(thread_id)
    await hold.reached()
    query = query.format(m=middle)
    scripted.requests.clear()

    page = await relay.messages(thread_id, query)
    asked = scripted.requests[-1].query
    whole = await relay.session.get(
        f"{scripted.url}/threads/{thread_id}/messages{query}",
        headers={"Authorization": f"Bearer {scripted.key}", "OpenAI-Beta": "assistants=v2"},
    )

    assert page == await whole.json()
    assert "last_event_id" not in page
    assert set(query.removeprefix("?").split("&")) <= {f"{k}={v}" for k, v in asked.items()}
    hold.release()


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
async def test_every_page_is_cut_where_the_upstream_cuts_it(
    relay: Relay, scripted: ScriptedAssistants, limit: int
) -> None:
    thread_id = await relay.new_thread()
    async with relay.follow(thread_id) as feed:
        for _ in range(3):
            await relay.post(f"/threads/{thread_id}/messages", QUESTION)
            run_id = await relay.start(thread_id, "several-messages")
            await feed.until_ended(run_id)
    expected = [message.id for message in reversed(scripted.thread(thread_id).messages)]
    listed: list[str] = []

    page = await relay.messages(thread_id, f"?limit={limit}")
    pages = [page]
    while page["has_more"]:
        page = await relay.messages(thread_id, f"?limit={limit}&after={page['last_id']}")
        pages.append(page)
    for page in pages:
        listed += [message["id"] for message in page["data"]]

    assert listed == expected
    assert {len(page["data"]) for page in pages[:-1]} <= {limit}
    assert [page["first_id"] for page in pages] == [page["data"][0]["id"] for page in pages]


async def test_a_snapshot_stays_whole_when_the_log_is_trimmed(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    scripted.manners.half_finished = "absent"
    relay = await start_relay(log_max_bytes=200_000)
    thread_id = await relay.new_thread()
    hold = scripted.hold(4_900)

    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, "long-answer")
        await hold.reached()
        page = await relay.messages(thread_id)
        hold.release()
        await feed.until_ended(run_id)
    async with relay.follow(thread_id, Last_Event_ID=page["last_event_id"]) as feed:
        rest = await feed.until_ended(run_id)

    async with relay.follow(thread_id, run_id) as feed:
        gap = await feed.next()

    assert gap.data == {"reason": "trimmed"}
    assert page["data"][0]["content"][0]["text"]["value"].startswith("Day 1. ")
    assert shown(folded(rest, page["data"])) == shown((await relay.messages(thread_id))["data"])
