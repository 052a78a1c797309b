"""However a gateway mangles a stream, the texts and the calls are those that were meant."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from reducer import Event, Run, current_run, reduce_runs, replay

# The parts of a message, or the arguments of a call, in pieces.
Item: TypeAlias = Sequence[Sequence[str]] | str
Named: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Manners:
    """What a gateway does to a stream."""

    tells_no_run: bool
    changes_ids: bool
    omits_created: bool
    omits_parts: bool
    omits_done: bool
    omits_output: bool
    takes_turns: bool

    def keeps(self, name: str) -> bool:
        is_part = name.startswith("content_part.")
        is_done = name.endswith(".done")
        return not (self.omits_parts and is_part) and not (self.omits_done and is_done)


def part_of(pieces: Sequence[str]) -> dict[str, Any]:
    return {"type": "output_text", "text": "".join(pieces), "annotations": [], "logprobs": []}


def whole(item: Item, status: str) -> dict[str, Any]:
    """An item as it is at its end, or, in progress, as it begins."""
    is_begun = status == "in_progress"
    if isinstance(item, str):
        return {"type": "function_call", "arguments": "" if is_begun else item, "status": status}
    content = [] if is_begun else [part_of(pieces) for pieces in item]
    return {"type": "message", "role": "assistant", "content": content, "status": status}


def told(item: Item) -> Iterator[Named]:
    """The events of one item."""
    yield "output_item.added", {"item": whole(item, "in_progress")}
    if isinstance(item, str):
        for piece in item:
            yield "function_call_arguments.delta", {"delta": piece}
        yield "function_call_arguments.done", {"arguments": item}
    for index, pieces in enumerate(() if isinstance(item, str) else item):
        place = {"content_index": index}
        yield "content_part.added", {**place, "part": part_of([])}
        for piece in pieces:
            yield "output_text.delta", {**place, "delta": piece, "obfuscation": "xyz"}
        yield "output_text.done", {**place, "text": "".join(pieces)}
        yield "content_part.done", {**place, "part": part_of(pieces)}
    yield "output_item.done", {"item": whole(item, "completed")}


def answer(items: Sequence[Item], number: int, manners: Manners) -> Iterator[Event]:
    """One response."""
    fresh = itertools.count()

    def name(what: str) -> str:
        return f"x{number}_{next(fresh)}" if manners.changes_ids else f"{what}_{number}"

    def response(status: str, output: Sequence[Any] = ()) -> dict[str, Any]:
        return {"response": {"id": name("resp"), "status": status, "output": [*output]}}

    if not manners.omits_created:
        yield {"event": "response.created", "data": response("in_progress")}
    yield {"event": "response.in_progress", "data": response("in_progress")}
    streams = [[(index, *event) for event in told(item)] for index, item in enumerate(items)]
    turns: Iterable[Any] = itertools.chain(*streams)
    if manners.takes_turns:
        turns = (one for row in itertools.zip_longest(*streams) for one in row if one)
    for index, event, data in turns:
        item_id = name(f"item{index}")
        sent: dict[str, Any] = {**data, "item_id": item_id, "output_index": index}
        if "item" in data:
            sent = {"item": {**data["item"], "id": item_id}, "output_index": index}
        if manners.keeps(event):
            yield {"event": f"response.{event}", "data": sent}
    output = [{**whole(item, "completed"), "id": name(f"item{n}")} for n, item in enumerate(items)]
    sent_output = [] if manners.omits_output else output
    yield {"event": "response.completed", "data": response("completed", sent_output)}


def stream(responses: Sequence[Sequence[Item]], manners: Manners) -> Iterator[Event]:
    """All responses, each event with its run, as a reader of the stream has it."""
    relays = [{"event": "relay.run", "data": {"id": "run_1", "status": "in_progress"}}]
    answers = [answer(items, number, manners) for number, items in enumerate(responses)]
    run: Run | None = None
    for event in itertools.chain([] if manners.tells_no_run else relays, *answers):
        run = current_run(run, event)
        yield event if run is None else {**event, "run": run}


pieces = st.lists(st.sampled_from(["a", "bc", "", "é", "\U0001f600"]), min_size=1, max_size=4)
messages = st.lists(pieces, min_size=1, max_size=2)
items = st.lists(messages | st.sampled_from(["{}", '{"a":1}']), min_size=1, max_size=4)
manners = st.builds(Manners, *[st.booleans()] * 7)


@given(responses=st.lists(items, min_size=1, max_size=2), manners=manners)
@settings(max_examples=200, deadline=None)
def test_the_texts_and_calls_are_those_that_were_meant(
    responses: list[list[Item]], manners: Manners
) -> None:
    # A run of the relay whose next response is never created is not known to have one.
    responses = responses[: 1 if manners.omits_created and not manners.tells_no_run else None]
    events = list(stream(responses, manners))

    thread = replay(events)
    runs = replay(events, reduce=reduce_runs)

    meant = [item for items in responses for item in items]
    texts = [["".join(pieces) for pieces in item] for item in meant if not isinstance(item, str)]
    shown = [[part["text"]["value"] for part in message["content"]] for message in thread]
    entries = [entry for run in reversed(runs) for entry in run["output"]]
    calls = [entry["item"]["arguments"] for entry in entries if "arguments" in entry["item"]]
    assert shown == texts[::-1]
    assert calls == [item for item in meant if isinstance(item, str)]
    assert len(entries) == len(meant)
    assert {message["status"] for message in thread} <= {"completed"}
    assert len(runs) == (len(responses) if manners.tells_no_run else 1)
    assert replay(events, thread) == thread
