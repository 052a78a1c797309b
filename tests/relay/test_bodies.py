"""Bodies of POST requests: what cannot be passed on is named and refused."""

import pytest

from tests.scripted.assistants import ScriptedAssistants

from .relays import Relay

JSON = {"Content-Type": "application/json"}
UNSAYABLE = {
    "not a number": "NaN",
    "infinite": "-Infinity",
    "beyond a double": "1e999",
    "an integer beyond a double": "9" * 400,
}
PLACES = {
    "content": '{"role":"user","content":[{"type":"text","n":[{"n":%s}]}]}',
    "attachments": '{"role":"user","content":"x","attachments":[{"file_id":%s}]}',
}


@pytest.mark.parametrize("number", UNSAYABLE.values(), ids=UNSAYABLE)
@pytest.mark.parametrize("field", PLACES)
async def test_a_number_that_no_json_can_say_is_refused_with_its_field(
    relay: Relay, scripted: ScriptedAssistants, field: str, number: str
) -> None:
    message = PLACES[field] % number
    thread_id = await relay.new_thread()
    posts = {
        f"/threads/{thread_id}/messages": (message, field),
        "/threads": (f'{{"messages":[{message}]}}', f"messages.0.{field}"),
        f"/threads/{thread_id}/runs": (
            f'{{"assistant_id":"plain-text","additional_messages":[{message}]}}',
            f"additional_messages.0.{field}",
        ),
    }
    scripted.requests.clear()

    for path, (body, param) in posts.items():
        answer = await relay.ask("POST", path, data=body, headers=JSON)

        assert (answer.status, answer.error["param"]) == (400, param)
        assert answer.headers["x-should-retry"] == "false"
    assert scripted.requests == []


@pytest.mark.parametrize(
    "content",
    [r'"\ud800"', r'[{"n":"\ud800"}]', r'[{"\ud800":1}]', "[" * 5000 + "]" * 5000, "9" * 5000],
    ids=["half a character", "half in a part", "half in a name", "too deep", "endless"],
)
async def test_a_body_that_is_no_sound_json_is_refused(relay: Relay, content: str) -> None:
    thread_id = await relay.new_thread()

    answer = await relay.ask(
        "POST",
        f"/threads/{thread_id}/messages",
        data=f'{{"role":"user","content":{content}}}',
        headers=JSON,
    )

    assert (answer.status, answer.error["code"]) == (400, "invalid_request")
