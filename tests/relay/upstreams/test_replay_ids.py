"""The `replay` upstream: the ids of a Responses run."""

from pathlib import Path
from typing import Any

import pytest

from .asking import read
from .replaying import events_of, go_on, new_thread, playing, started, upstream_ids_of
from .responses_recorded import ROUND, completed, created, text, text_begun


async def test_only_its_ids_change(tmp_path: Path) -> None:
    upstream = playing(tmp_path, ROUND)
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))
    stream += await go_on(upstream, started(thread_id), upstream_ids_of(stream))

    fresh = events_of(stream)
    old = ["resp_1", "fc_1", "call_1", "resp_2", "msg_2"]
    found = [
        fresh[0]["data"]["response"]["id"],
        fresh[1]["data"]["item"]["id"],
        fresh[1]["data"]["item"]["call_id"],
        fresh[4]["data"]["response"]["id"],
        fresh[5]["data"]["item"]["id"],
    ]
    assert not {*old} & {*found}
    for was, now in zip(old, found, strict=True):
        stream = stream.replace(now.encode(), was.encode())
    assert stream == ROUND


async def test_a_conversation_is_the_thread(tmp_path: Path) -> None:
    begun = created("resp_1", conversation={"id": "conv_1"})
    upstream = playing(tmp_path, begun + completed("resp_1", conversation={"id": "conv_1"}))
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))

    named = [event["data"]["response"]["conversation"]["id"] for event in events_of(stream)]
    assert named == [thread_id, thread_id]


KEPT = {
    "a file": {"file_id": "cfile_1", "container_id": "cntr_1", "id": "cntr_1"},
    "what people wrote": {"metadata": {"id": "own_1", "more": [{"call_id": '{"id": "'}]}},
    "a tool": {"tools": [{"parameters": {"default": {"id": "own_1"}}}, {"id": "own_2"}]},
    "a prompt": {"prompt": {"id": "pmpt_1", "variables": {"item_id": "own_1"}}},
}


@pytest.mark.parametrize("fields", KEPT.values(), ids=KEPT)
async def test_what_the_run_did_not_make_keeps_its_name(
    fields: dict[str, Any], tmp_path: Path
) -> None:
    upstream = playing(tmp_path, created("resp_1", more=fields) + completed("resp_1"))
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))

    [begun, _] = events_of(stream)
    assert begun["data"]["response"]["more"] == fields
    assert begun["data"]["response"]["id"] != "resp_1"


async def test_ids_that_change_with_every_event_still_do(tmp_path: Path) -> None:
    stream = created("one") + text_begun("two", "Be") + text("three", "es") + completed("four")
    upstream = playing(tmp_path, stream)
    thread_id = await new_thread(upstream)

    events = events_of(await read(upstream.start_run(started(thread_id))))

    ids = {
        events[0]["data"]["response"]["id"],
        events[1]["data"]["item"]["id"],
        events[-2]["data"]["item"]["id"],
        events[-1]["data"]["response"]["id"],
    }
    assert len(ids) == 4


async def test_what_breaks_off_in_what_people_wrote_stays(tmp_path: Path) -> None:
    half = completed("resp_1", metadata={"item_id": "own_1"}).partition(b"own_1")[0]
    upstream = playing(tmp_path, created("resp_1") + half + b'own_1"')
    thread_id = await new_thread(upstream)

    stream = await read(upstream.start_run(started(thread_id)))

    assert stream.endswith(b'"metadata": {"item_id": "own_1"')
    assert b'"resp_1"' not in stream
