"""Every route, when all is well."""

import json

from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.files import CHART, TABLE

from .relays import QUESTION, Relay

RUN_FIELDS = {
    "id", "object", "thread_id", "assistant_id", "status", "created_at", "upstream_ids",
    "required_action", "last_error", "incomplete_details", "usage",
}  # fmt: skip


async def test_assistants_are_what_a_run_may_name(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    answer = await relay.get("/assistants")

    names = [assistant["id"] for assistant in answer.json["data"]]
    assert (answer.status, answer.json["object"]) == (200, "list")
    assert names == list(scripted.account.scripts)
    assert all(set(one) == {"id", "name", "description"} for one in answer.json["data"])


async def test_a_thread_is_created_and_retrieved(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    created = await relay.post("/threads", {"messages": [QUESTION], "metadata": {"a": "b"}})
    retrieved = await relay.get(f"/threads/{created.json['id']}")

    assert (created.status, retrieved.status) == (200, 200)
    assert created.json == retrieved.json == scripted.thread(created.json["id"]).wire()
    assert created.json["metadata"] == {"a": "b"}


async def test_an_empty_body_creates_a_thread(relay: Relay) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await relay.ask("POST", "/threads", headers=headers)

    assert answer.json["object"] == "thread"


async def test_a_message_is_added_and_followers_get_it(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    body = {
        "role": "user",
        "content": [{"type": "image_file", "image_file": {"file_id": CHART.id}}],
        "attachments": [{"file_id": TABLE.id, "tools": [{"type": "code_interpreter"}]}],
        "metadata": {"from": "me"},
    }  # fmt: skip

    async with relay.follow(thread_id) as feed:
        answer = await relay.post(f"/threads/{thread_id}/messages", body)
        frame = await feed.next()

    assert answer.status == 200
    assert (frame.event, frame.data) == ("relay.message", answer.json)
    assert answer.json == scripted.thread(thread_id).messages[-1].wire()
    assert answer.json["attachments"] == body["attachments"]
    assert answer.json["metadata"] == body["metadata"]


async def test_a_run_is_answered_with_201_once_the_upstream_has_accepted_it(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    hold = scripted.hold(0)

    answer = await relay.post(
        f"/threads/{thread_id}/runs", {"assistant_id": "plain-text", "metadata": {"a": "b"}}
    )

    run = answer.json
    assert answer.status == 201
    assert set(run) == RUN_FIELDS | {"events_url"}
    assert run["events_url"] == f"/threads/{thread_id}/runs/{run['id']}/events"
    assert (run["object"], run["status"]) == ("thread.run", "in_progress")
    assert (run["thread_id"], run["assistant_id"]) == (thread_id, "plain-text")
    assert scripted.received("runs.create")[0].body["metadata"] == {"a": "b"}
    hold.release()


async def test_a_run_is_found_by_its_id_and_by_the_upstreams(
    relay: Relay, scripted: ScriptedAssistants
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    async with relay.follow(thread_id, run_id) as feed:
        last = (await feed.rest())[-1].data

    listed = await relay.get(f"/threads/{thread_id}/runs")
    by_id = await relay.run(thread_id, run_id)
    by_upstream_id = await relay.run(thread_id, scripted.thread(thread_id).runs[0].id)

    assert listed.json["data"] == [by_id] == [by_upstream_id]
    assert {name: by_id[name] for name in RUN_FIELDS} == last
    assert by_id["status"] == "completed"
    assert by_id["upstream_ids"] == [scripted.thread(thread_id).runs[0].id]
    assert by_id["usage"] == scripted.thread(thread_id).runs[0].usage
    assert (listed.json["first_id"], listed.json["last_id"]) == (run_id, run_id)


async def test_runs_are_listed_newest_first(relay: Relay) -> None:
    thread_id = await relay.new_thread()
    ids = []
    for _ in range(3):
        ids.append(await relay.start(thread_id, "one-word"))
        async with relay.follow(thread_id, ids[-1]) as feed:
            await feed.rest()

    listed = (await relay.get(f"/threads/{thread_id}/runs")).json

    assert [run["id"] for run in listed["data"]] == ids[::-1]


async def test_a_thread_without_runs_has_an_empty_list_of_them(relay: Relay) -> None:
    answer = await relay.get("/threads/thread_1/runs")

    assert answer.json == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False,
    }  # fmt: skip


async def test_the_relay_is_well(relay: Relay) -> None:
    answer = await relay.get("/healthz")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_a_get_changes_nothing_upstream(relay: Relay, scripted: ScriptedAssistants) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id, "one-word")
    async with relay.follow(thread_id, run_id) as feed:
        await feed.rest()
    scripted.requests.clear()

    for path in ("", "/messages", "/runs", f"/runs/{run_id}", f"/runs/{run_id}/events"):
        await relay.get(f"/threads/{thread_id}{path}")
    async with relay.follow(thread_id):
        pass

    assert {request.method for request in scripted.requests} == {"GET"}


async def test_answers_are_json_that_no_browser_takes_for_something_else(relay: Relay) -> None:
    for path in ("/assistants", "/healthz", "/threads/thread_1", "/nowhere"):
        answer = await relay.get(path)

        json.loads(answer.body)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
