"""`thread-relay record`."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from relay.places import recordings_folder
from relay.recording.reading import read_recording
from tests.scripted.assistants import ScriptedAssistants
from tests.scripted.faults import EndEarly

from .processes import run, running


def written(folder: Path) -> Path:
    [path] = folder.glob("*.sse")
    return path


def at(server: ScriptedAssistants) -> dict[str, str]:
    return {
        "RELAY_UPSTREAM": "assistants",
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": server.key,
    }


async def test_a_run_is_shown_and_written(scripted: ScriptedAssistants, tmp_path: Path) -> None:
    status, output, errors = await run(
        tmp_path, "record", "plain-text", "How", "are you?", **at(scripted)
    )

    [thread] = scripted.account.threads.values()
    question, answer = thread.messages
    assert status == 0
    assert output == text_of(answer.wire())
    assert text_of(question.wire()) == "How are you?"
    path = written(tmp_path)
    assert path.name in errors
    framing = scripted.manners.framing
    sent = [framing.frame(event, 0) for event in thread.runs[0].events]
    assert list(read_recording(path).frames) == sent


async def test_a_recording_says_what_was_recorded_but_not_the_key(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    folder = tmp_path / "new"

    await run(tmp_path, "record", "plain-text", "Hi", RELAY_RECORD=str(folder), **at(scripted))

    [thread] = scripted.account.threads.values()
    path = written(folder)
    sidecar = read_recording(path).sidecar
    assert sidecar.upstream == "assistants"
    assert (sidecar.thread_id, sidecar.assistant_id) == (thread.id, "plain-text")
    assert sidecar.upstream_ids == [thread.runs[0].id]
    assert scripted.key not in path.read_text() + path.with_suffix(".json").read_text()


async def test_a_call_is_answered_from_the_input(tmp_path: Path) -> None:
    async with running(tmp_path, "record", "function-call", "Hi", RELAY_SPEED="0") as process:
        output, errors = await process.communicate(b"sunny\n")

    assert process.returncode == 0
    assert b"get_weather" in errors
    assert output
    original = read_recording(recordings_folder() / "function-call.sse")
    assert len(read_recording(written(tmp_path)).frames) == len(original.frames)


async def test_without_an_answer_a_run_is_cancelled_and_kept(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    status, _, _ = await run(tmp_path, "record", "function-call", "Hi", **at(scripted))

    [thread] = scripted.account.threads.values()
    assert status == 1
    assert thread.runs[0].status == "cancelled"
    assert b"event: thread.run.requires_action" in written(tmp_path).read_bytes()


async def test_a_run_that_fails_is_written_too(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    status, _, errors = await run(tmp_path, "record", "run-failed", "Hi", **at(scripted))

    assert status == 1
    assert "failed" in errors
    assert b"event: thread.run.failed" in written(tmp_path).read_bytes()


async def test_a_stream_that_breaks_is_written_as_far_as_it_came(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    scripted.fail_next("runs.create", EndEarly(5))

    status, _, _ = await run(tmp_path, "record", "plain-text", "Hi", **at(scripted))

    assert status == 1
    assert len(read_recording(written(tmp_path)).frames) == 5


async def test_an_interrupted_run_is_cancelled_and_kept(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    hold = scripted.hold("thread.message.delta")
    async with running(tmp_path, "record", "plain-text", "Hi", **at(scripted)) as process:
        await hold.reached()
        assert process.stdout
        await process.stdout.read(1)

        process.send_signal(signal.SIGINT)

        await asyncio.wait_for(process.communicate(), 20)
    [thread] = scripted.account.threads.values()
    assert process.returncode == 130
    assert thread.runs[0].status == "cancelled"
    assert b"event: thread.message.delta" in written(tmp_path).read_bytes()


async def test_nobody_need_answer_to_interrupt(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    async with running(tmp_path, "record", "function-call", "Hi", **at(scripted)) as process:
        assert process.stderr
        while b"get_weather" not in await process.stderr.readline():
            pass

        process.send_signal(signal.SIGINT)

        await asyncio.wait_for(process.wait(), 20)
    [thread] = scripted.account.threads.values()
    assert process.returncode == 130
    assert thread.runs[0].status == "cancelled"


async def test_a_refusal_is_told_in_one_line_without_the_key(
    scripted: ScriptedAssistants, tmp_path: Path
) -> None:
    status, _, errors = await run(tmp_path, "record", "nobody", "Hi", **at(scripted))

    assert status == 1
    assert "nobody" in errors
    assert errors.count("\n") == 1
    assert not await asyncio.to_thread(lambda: [*tmp_path.iterdir()])


def text_of(message: Any) -> str:
    return "".join(part["text"]["value"] for part in message["content"])
