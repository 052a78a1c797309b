"""One thread, two assistants, a call: what disturbs them leaves no trace in the list."""

from playwright.async_api import expect

from tests.browser.page.reader import Reader
from tests.browser.responses.lists import brief, held_by, loaded_by
from tests.scripted.faults import Cut
from tests.scripted.responses import ScriptedResponses

ASSISTANTS = ("Function call", "Plain text")
# The call, what is made of its output, and the answer of the other assistant.
RESPONSES = 3
# In the middle of the second assistant's answer, and far beyond the end of the first one's.
IN_MID_ANSWER = 60
PIECE = b'event: response.output_text.delta\ndata: {"type":"respon'


async def ask(reader: Reader) -> None:
    await reader.choose(*ASSISTANTS)
    await reader.say("Do I need an umbrella in Porto?")
    await expect(reader.page.locator("form.action")).to_contain_text('{"city":"Porto"}')


async def answer_the_call(reader: Reader) -> None:
    await reader.page.locator("form.action").get_by_label("Output").fill("sunny, 21 °C")
    await reader.button("Send the outputs").click()


async def test_reloads_and_cuts_leave_no_trace(reader: Reader, upstream: ScriptedResponses) -> None:
    await ask(reader)
    await answer_the_call(reader)
    await reader.sees_end()
    undisturbed = brief(await held_by(reader.page))
    await reader.button("New thread").click()
    # Each response is cut twice: in what it writes, and when it has been taken up again.
    for _ in range(RESPONSES):
        upstream.fail_next("responses.create", Cut(after_event=6, piece=PIECE))
        upstream.fail_next("responses.retrieve.stream", Cut(after_event=1, piece=PIECE))

    await ask(reader)
    await reader.page.reload()
    hold = upstream.hold(IN_MID_ANSWER)
    await answer_the_call(reader)
    await hold.reached()
    await expect(reader.answers).to_have_count(2)
    await reader.page.reload()
    await expect(reader.answers).to_have_count(2)
    hold.release()
    await reader.sees_end()

    watched = await held_by(reader.page)
    assert brief(watched) == undisturbed
    assert [assistant for *_, assistant in undisturbed] == ["plain-text", "function-call", None]
    assert {status for _, _, status, _ in undisturbed} == {"completed"}
    assert await loaded_by(reader.page) == watched
    assert len(upstream.received("responses.retrieve.stream")) == 2 * RESPONSES
    await expect(reader.log.get_by_role("heading")).to_have_text([*ASSISTANTS])
