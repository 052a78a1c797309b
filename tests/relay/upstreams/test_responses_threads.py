"""The `responses` upstream: threads are conversations, and messages are items."""

import pytest

from relay.errors import UpstreamRefused
from relay.upstreams import Json, Page
from relay.upstreams.responses import ResponsesUpstream
from tests.relay.relays import QUESTION
from tests.scripted.responses import ScriptedResponses
from tests.scripted.responses.files import CHART, CONTAINER, HONEY_CHART

from .asking import read_rest
from .responding import HeardRun, assert_unknown, text_of, texts


async def test_a_thread_is_a_conversation(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream
) -> None:
    thread = await responses.create_thread({"metadata": {"hive": "7"}, "messages": [QUESTION]})

    conversation = scripted_responses.conversation(thread["id"])
    assert thread == {
        "id": conversation.id,
        "object": "thread",
        "created_at": conversation.created_at,
        "metadata": {"hive": "7"},
        "tool_resources": {},
    }
    assert await responses.retrieve_thread(thread["id"]) == thread
    assert [item["content"] for item in conversation.items] == [
        [{"type": "input_text", "text": QUESTION["content"]}]
    ]


async def test_a_thread_may_begin_with_more_messages_than_a_server_takes_at_once(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream
) -> None:
    said = [f"Bee {number}." for number in range(45)]

    thread = await responses.create_thread(
        {"messages": [{"role": "user", "content": text} for text in said]}
    )

    page = await responses.list_messages(thread["id"], Page(limit=100, order="asc"))
    assert texts(page) == said
    sizes = [len(asked.body["items"]) for asked in scripted_responses.received("items.create")]
    assert sizes == [20, 5]


async def test_pages_hold_messages_however_many_items_lie_between(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    conversation = scripted_responses.conversation(conversation_id)
    for number in range(7):
        asides = [{"type": "function_call_output", "output": "-"}] * 50
        conversation.items += [
            {**aside, "id": f"fco_{number}_{place}", "call_id": f"call_{number}_{place}"}
            for place, aside in enumerate(asides)
        ]
        await responses.create_message(
            conversation_id, {"role": "user", "content": f"Bee {number}."}
        )

    pages: list[Json] = []
    after = None
    while not pages or pages[-1]["has_more"]:
        page = await responses.list_messages(conversation_id, Page(limit=3, after=after))
        after = page["last_id"]
        pages.append(page)

    assert [texts(page) for page in pages] == [
        ["Bee 6.", "Bee 5.", "Bee 4."],
        ["Bee 3.", "Bee 2.", "Bee 1."],
        ["Bee 0.", QUESTION["content"]],
    ]
    assert pages[0]["first_id"] == pages[0]["data"][0]["id"]


async def test_the_last_page_says_so_though_items_that_are_no_messages_follow(
    scripted_responses: ScriptedResponses, responses: ResponsesUpstream, conversation_id: str
) -> None:
    scripted_responses.conversation(conversation_id).items += [
        {"id": f"fco_{n}", "type": "function_call_output", "call_id": "call", "output": "-"}
        for n in range(5)
    ]

    page = await responses.list_messages(conversation_id, Page(limit=1, order="asc"))

    assert texts(page) == [QUESTION["content"]]
    assert page["has_more"] is False


async def test_an_empty_thread_is_an_empty_list(responses: ResponsesUpstream) -> None:
    thread = await responses.create_thread({})

    page = await responses.list_messages(thread["id"], Page())

    assert page == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False
    }  # fmt: skip


async def test_an_answer_is_listed_above_its_question(
    responses: ResponsesUpstream, conversation_id: str
) -> None:
    run = HeardRun(responses, conversation_id, "several-messages")
    await run.begin()

    page = await responses.list_messages(conversation_id, Page())

    assert [message["role"] for message in page["data"]] == ["assistant", "assistant", "user"]
    assert {message["thread_id"] for message in page["data"]} == {conversation_id}
    told = await responses.run_messages(run.told())
    assert texts(page)[1::-1] == [text_of(message) for message in told]


async def test_a_thread_that_is_not_there_is_unknown(responses: ResponsesUpstream) -> None:
    await assert_unknown(responses, "conv_of_nobody")


async def test_a_file_comes_from_where_it_was_made(responses: ResponsesUpstream) -> None:
    async with responses.file_content("conv_1", CHART.id) as uploaded:
        content = await read_rest(uploaded.chunks)
    async with responses.file_content("conv_1", HONEY_CHART.id, CONTAINER) as made:
        made_content = await read_rest(made.chunks)

    assert (content, made_content) == (CHART.content, HONEY_CHART.content)
    assert (made.content_type, made.filename) == ("image/png", HONEY_CHART.filename)


async def test_a_file_that_is_not_there_is_unknown(responses: ResponsesUpstream) -> None:
    with pytest.raises(UpstreamRefused) as raised:
        async with responses.file_content("conv_1", "file-of-nobody"):
            pass

    assert raised.value.http_status == 404
