"""What a server without Conversations is sent of a thread."""

from pathlib import Path

import pytest

from relay.errors import UpstreamRefused
from relay.upstreams import Page
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.faults import Refuse
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.scripts import SCRIPTS

from .conftest import OpenResponses
from .responding import HeardRun, sent, text_of, watched, words

# What a client answers to the calls of each script.
OUTPUTS = {
    "function-call": ["rain"],
    "parallel-calls": ["noon", "rain"],
    "custom-tool": ["rain"],
    "shell": ["letters"],
    "local-shell": ["1999"],
    "apply-patch": ["done"],
    "computer-use": ["file-1"],
    "mcp-approval": ["true"],
    "tool-search": ["rain"],
}


async def say(upstream: ResponsesUpstream, thread_id: str, text: str) -> None:
    await upstream.create_message(thread_id, {"role": "user", "content": text})


async def test_a_run_is_sent_what_was_said(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id)
    await run.begin()
    [answer] = (await local.list_messages(local_id, Page(limit=1)))["data"]
    await say(local, local_id, "And the wasps?")

    status = await HeardRun(local, local_id).begin()

    assert status == "completed"
    assert scripted_responses.received("responses.create")[-1].body == {
        "model": "plain-text",
        "input": [
            words("user", str(QUESTION["content"])),
            words("assistant", text_of(answer)),
            words("user", "And the wasps?"),
        ],
        "store": False,
        "stream": True,
    }


@pytest.mark.parametrize("script", SCRIPTS)
async def test_after_any_answer_the_thread_goes_on(
    script: str, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, script)
    status = await run.begin()
    if status == "requires_action" and script in OUTPUTS:
        await run.answer(*OUTPUTS[script])
    await say(local, local_id, "And now?")

    status = await HeardRun(local, local_id).begin()

    assert status == "completed"


@pytest.mark.parametrize("script", OUTPUTS)
async def test_outputs_of_calls_go_on_with_the_run(
    script: str, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, script)
    waiting = await run.begin()

    status = await run.answer(*OUTPUTS[script])

    assert (waiting, status) == ("requires_action", "completed")


async def test_a_call_is_sent_with_its_output_and_without_names_that_no_server_knows(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, "function-call")
    await run.begin()
    [call] = run.calls()

    await run.answer("rain")

    assert sent(scripted_responses) == [
        words("user", str(QUESTION["content"])),
        {"type": "function_call", "call_id": call["id"], **call["function"]},
        {"type": "function_call_output", "call_id": call["id"], "output": "rain"},
    ]


async def test_a_call_that_was_never_answered_is_sent_with_a_word_that_nobody_will(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, "function-call")
    await run.begin()
    await say(local, local_id, "Never mind.")

    status = await HeardRun(local, local_id).begin()

    kinds = [item["type"] for item in sent(scripted_responses)]
    assert kinds == ["message", "function_call", "function_call_output", "message"]
    assert status == "completed"


async def test_calls_that_are_closed_have_an_output(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, "function-call")
    await run.begin()
    await local.close_calls(run.told(), "The run was cancelled.")
    await say(local, local_id, "Never mind.")

    await HeardRun(local, local_id).begin()

    outputs = [item["output"] for item in sent(scripted_responses) if "output" in item]
    assert outputs == ["The run was cancelled."]


async def test_thoughts_are_sent_within_their_own_run_only_and_only_sealed(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    run = HeardRun(local, local_id, "function-call")
    await run.begin()
    sealed = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "bzz"}
    plain = {"type": "reasoning", "id": "rs_2", "summary": []}
    thoughts = [
        {"response_id": "resp_0", "output_index": place, "item": item}
        for place, item in enumerate((sealed, plain))
    ]
    await local.keep(run.told(), [*thoughts, *run.dialect.items], watched())

    await run.answer("rain")
    within = [item for item in sent(scripted_responses) if item["type"] == "reasoning"]
    await HeardRun(local, local_id).begin()

    assert within == [{"type": "reasoning", "summary": [], "encrypted_content": "bzz"}]
    assert "reasoning" not in [item["type"] for item in sent(scripted_responses)]


@pytest.fixture
def forgetful(open_responses: OpenResponses, assistants: Path) -> ResponsesUpstream:
    """One that sends no more than four items."""
    return open_responses(assistants=assistants, conversations="local", history_max=4)


async def test_a_long_history_begins_at_something_that_a_user_said(
    scripted_responses: ScriptedResponses, forgetful: ResponsesUpstream
) -> None:
    thread = await forgetful.create_thread({"messages": [QUESTION]})
    for number in range(3):
        await HeardRun(forgetful, thread["id"], "several-messages").begin()
        await say(forgetful, thread["id"], f"Go on {number}.")

    await HeardRun(forgetful, thread["id"]).begin()

    roles = [item["role"] for item in sent(scripted_responses)]
    assert roles == ["user", "assistant", "assistant", "user"]


async def test_a_turn_that_is_too_long_keeps_its_question_and_what_is_newest(
    scripted_responses: ScriptedResponses, forgetful: ResponsesUpstream
) -> None:
    thread = await forgetful.create_thread({"messages": [QUESTION]})
    run = HeardRun(forgetful, thread["id"], "call-after-call")
    await run.begin()
    await run.answer("sun")
    [newest] = run.calls()

    status = await run.answer("rain")

    history = sent(scripted_responses)
    assert status == "completed"
    assert history[0] == words("user", str(QUESTION["content"]))
    assert len(history) <= 4
    assert [item.get("call_id") for item in history[-2:]] == [newest["id"], newest["id"]]
    calls = [item["call_id"] for item in history if item["type"] == "function_call"]
    outputs = [item["call_id"] for item in history if item["type"] == "function_call_output"]
    assert calls == outputs


async def test_calls_that_are_answered_are_never_cut_off(
    open_responses: OpenResponses, assistants: Path
) -> None:
    tiny = open_responses(assistants=assistants, conversations="local", history_max=1)
    thread = await tiny.create_thread({"messages": [QUESTION]})
    run = HeardRun(tiny, thread["id"], "parallel-calls")
    await run.begin()

    status = await run.answer("noon", "rain")

    assert status == "completed"


async def test_a_picture_that_was_posted_is_sent_as_one(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.org/bee.png"}}
    await local.create_message(local_id, {"role": "user", "content": [image]})

    await HeardRun(local, local_id).begin()

    assert sent(scripted_responses)[-1]["content"] == [
        {"type": "input_image", "image_url": "https://example.org/bee.png", "detail": "auto"}
    ]


async def test_an_output_without_its_call_is_left_out(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    output = {"type": "function_call_output", "id": "fco_1", "call_id": "call_1", "output": "rain"}
    kept = [{"response_id": "resp_1", "output_index": 0, "item": output}]
    await local.keep(HeardRun(local, local_id).told(), kept, watched())

    await HeardRun(local, local_id).begin()

    assert sent(scripted_responses) == [words("user", str(QUESTION["content"]))]


async def test_a_server_that_misses_an_output_that_nobody_owes_has_refused(
    scripted_responses: ScriptedResponses, local: ResponsesUpstream, local_id: str
) -> None:
    refusal = Refuse(400, message="No tool output found for function call call_1.")
    scripted_responses.fail_next("responses.create", refusal)

    with pytest.raises(UpstreamRefused):
        await HeardRun(local, local_id).begin()

    assert len(scripted_responses.received("responses.create")) == 1
