"""One line for each run, at its end: ids and numbers, and nothing that was said."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.relay.command.processes import PLAIN, ask, serving
from tests.relay.conftest import StartRelay
from tests.relay.event_streams import Sent
from tests.relay.relays import QUESTION, Relay
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import Refuse

FIELDS = ["run", "thread", "assistant", "upstream", "status", "error", "events", "seconds",
          "first_event"]  # fmt: skip


@pytest.fixture(autouse=True)
def _all_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "relay")


def ends(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    """The fields of each line about a run's end."""
    lines = [line for line in caplog.messages if line.startswith("run ended: ")]
    pairs = [re.findall(r'(\w+)=("(?:\\.|[^"])*"|\S+)', line) for line in lines]
    return [dict(found) for found in pairs]


async def watched(relay: Relay, thread_id: str, run_id: str) -> Sequence[Sent]:
    async with relay.follow(thread_id, run_id) as feed:
        return await feed.rest()


async def test_a_run_has_one_line_with_its_ids_and_how_it_went(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    thread_id = await relay.new_thread()
    run_id = await relay.start(thread_id)
    frames = await watched(relay, thread_id, run_id)

    [line] = ends(caplog)

    assert [*line] == FIELDS
    assert line["run"] == run_id
    assert line["thread"] == thread_id
    assert line["assistant"] == "plain-text"
    assert [line["upstream"]] == frames[-1].data["upstream_ids"]
    assert (line["status"], line["error"]) == ("completed", "none")
    assert int(line["events"]) == len([frame for frame in frames if not frame.is_own])
    assert float(line["seconds"]) >= float(line["first_event"]) > 0


async def test_a_run_that_failed_says_with_what_code(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    thread_id = await relay.new_thread()
    frames = await watched(relay, thread_id, await relay.start(thread_id, "rate-limited"))

    [line] = ends(caplog)

    assert line["status"] == "failed"
    assert line["error"] == frames[-1].data["last_error"]["code"]


async def test_a_run_that_never_began_has_its_line_too(
    relay: Relay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    hold = scripted.hold(12)
    thread_id = await relay.new_thread()
    await relay.start(thread_id)
    queued = await relay.start(thread_id, if_busy="enqueue")
    await hold.reached()

    await relay.post(f"/threads/{thread_id}/runs/{queued}/cancel")

    [line] = ends(caplog)
    assert (line["run"], line["status"]) == (queued, "cancelled")
    assert (line["upstream"], line["events"], line["first_event"]) == ("none", "0", "none")
    hold.release()


async def test_what_was_said_is_in_no_line(
    relay: Relay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    said = {**QUESTION, "content": "SAID-BY-THE-USER"}
    thread_id = await relay.new_thread(said)
    await relay.post(f"/threads/{thread_id}/messages", said)
    run_id = await relay.start(
        thread_id, "function-call", additional_messages=[said], metadata={"note": "SAID-ABOUT-IT"}
    )
    async with relay.follow(thread_id) as feed:
        asked = (await feed.until_said("requires_action", run_id))[-1].data
        await relay.answer_calls(asked, "SAID-BY-A-TOOL")
        frames = await feed.until_ended(run_id)
    await relay.post(f"/threads/{thread_id}/runs", {"assistant_id": "none", "metadata": {"a": "b"}})

    written = caplog.text

    assert frames[-1].says("completed", run_id)
    assert "SAID" not in written
    assert scripted.key not in written
    [answer] = [message for message in (await relay.messages(thread_id))["data"]
                if message["role"] == "assistant"]  # fmt: skip
    assert answer["content"][0]["text"]["value"] not in written


async def test_a_relay_that_is_served_writes_it_to_standard_error(tmp_path: Path) -> None:
    async with serving(tmp_path, "replay", str(PLAIN), "--speed", "0") as (process, url):
        thread = await ask("POST", f"{url}threads", {})
        body = {"assistant_id": "plain-text"}
        run = await ask("POST", f"{url}threads/{thread['id']}/runs", body)
        assert process.stderr
        line = (await process.stderr.readline()).decode()

    assert line.startswith(f"thread-relay: run ended: run={run['id']} ")


@pytest.mark.parametrize("name", ["two words", "line\nbreak", 'quote"d', "status=completed x=y"])
async def test_a_name_cannot_pass_for_another_field_or_line(
    start_relay: StartRelay, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    relay = await start_relay()
    thread_id = await relay.new_thread()
    await relay.start(thread_id)
    async with relay.follow(thread_id) as feed:
        await relay.start(thread_id, name, if_busy="enqueue")
        await feed.until(lambda frame: frame.says("failed"))

    [_, line] = ends(caplog)

    assert [*line] == FIELDS
    assert line["status"] == "failed"
    assert line["assistant"].startswith('"')
    assert all("\n" not in message for message in caplog.messages)


async def test_what_the_upstream_says_of_a_refusal_is_in_no_line(
    relay: Relay, scripted: ScriptedAssistants, caplog: pytest.LogCaptureFixture
) -> None:
    thread_id, run_id, hold = await relay.held_run(scripted)
    scripted.fail_next("runs.cancel", Refuse(400, message="Who SAID so?"))

    await relay.post(f"/threads/{thread_id}/runs/{run_id}/cancel")
    while "could not be cancelled upstream" not in caplog.text:
        await relay.get("/healthz")

    assert "the upstream answered 400" in caplog.text
    assert "SAID" not in caplog.text
    hold.release()
