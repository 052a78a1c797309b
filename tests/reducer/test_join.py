"""A replay may take many deltas at once, and nobody can tell."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reducer import Event, Thread, reduce, reduce_runs, reducer_for, replay
from reducer.join import join
from tests.reducer import answers, streams

BEFORE: Thread = [{"id": "m2"}, {"id": "m1", "status": "in_progress", "content": []}]


def delta(piece: Any, index: Any = 0, message_id: Any = "m1", **more: Any) -> Event:
    part = {"index": index, "type": "text", "text": {"value": piece}} | more
    return {
        "event": "thread.message.delta",
        "data": {"id": message_id, "delta": {"content": [part]}},
    }


def one_by_one(events: list[Event]) -> Thread:
    thread = BEFORE
    for event in events:
        thread = reduce(thread, event)
    return thread


some_events = streams.events | streams.tokens | streams.tokens
some_answers = answers.events | answers.tokens | answers.tokens


@given(st.lists(some_events | some_answers, max_size=20).map(streams.as_sent))
@settings(max_examples=150, deadline=None)
def test_a_replay_ends_where_its_events_lead_one_by_one(stream: list[Event]) -> None:
    assert replay(stream, BEFORE) == one_by_one(stream)


def test_texts_in_a_row_become_one() -> None:
    events = [delta(piece) for piece in ("a", "", "\ud83d", "", "\ude00", "b")]

    assert replay(events, BEFORE)[1]["content"] == [
        {"index": 0, "type": "text", "text": {"value": "a\U0001f600b"}}
    ]


ANSWER = {"id": "a1", "run_id": "run_1", "response_id": "r1", "output_index": 0, "content": []}
RUN = {"id": "run_1", "response_id": "r1"}


def token(piece: Any, index: Any = 0, item_id: Any = "a1", run: Any = RUN, **more: Any) -> Event:
    data = {"item_id": item_id, "output_index": 0, "content_index": index, "delta": piece, **more}
    return {"event": "response.output_text.delta", "data": data, "run": run}


def answer(events: list[Event], thread: Thread) -> Thread:
    for event in events:
        thread = reduce(thread, event)
    return thread


def test_texts_of_an_answer_in_a_row_become_one() -> None:
    pieces = ("a", "", "\ud83d", "", "\ude00", "b")
    events = [token(piece, sequence_number=n, obfuscation="x") for n, piece in enumerate(pieces)]
    joined: list[Any] = list(join(events))

    assert len(joined) == 1
    assert joined[0]["data"]["delta"] == "a\U0001f600b"
    assert replay(events, [ANSWER]) == answer(events, [ANSWER])


def test_texts_of_an_answer_that_are_not_alike_stay_apart() -> None:
    other = {"id": "run_1", "response_id": "r2"}
    odd: list[Event] = [
        token("x", index=1),
        token("x", index=True),
        token("x", index=None),
        token("x", item_id="x9"),
        token("x", item_id=None),
        token("x", run=other),
        token("x", run=None),
        token("x", output_index=1),
        token("x", output_index=None),
        token(5),
        token(None),
        {"event": "response.output_text.delta", "data": None, "run": RUN},
        {"event": "response.refusal.delta", "data": token("x")["data"], "run": RUN},
        delta("x"),
    ]
    for index, one in itertools.product((0, 1), odd):
        events = [token("a", index=index), one, token("b")]

        assert len(list(join(events))) >= 2
        assert replay(events, [ANSWER, *BEFORE]) == answer(events, [ANSWER, *BEFORE])


def test_what_is_between_two_texts_stays_between_them() -> None:
    events = [
        delta("a"),
        delta("b", index=1),
        delta("c"),
        delta("d", message_id="m2"),
        delta("e"),
        {"event": "thread.message.completed", "data": {"id": "m2", "status": "completed"}},
        delta("f", message_id="m2"),
        delta("g"),
    ]

    assert replay(events, BEFORE) == one_by_one(events)


def test_what_only_looks_like_a_text_is_taken_by_itself() -> None:
    odd: list[Event] = [
        delta("x", refusal="no"),
        delta("x", index=True),
        delta("x", index="0"),
        delta(5),
        delta("x", type="refusal"),
        delta("x", message_id=["m1"]),
        delta("x", text={"value": "x", "annotations": []}),
        delta("x", text="x"),
        {"event": "thread.message.delta", "data": {"id": "m1", "delta": {"role": "user"}}},
        {"event": "thread.message.delta", "data": {"id": "m1", "delta": {"content": []}}},
        {"event": "thread.message.delta", "data": {"id": "m1", "delta": {"content": ["x"]}}},
        {"event": "thread.message.delta", "data": None},
        {"event": "thread.message.delta", "data": {"id": "m1"}},
    ]
    for index, one in itertools.product((0, 1), odd):
        events = [delta("a", index=index), one]

        assert replay(events, BEFORE) == one_by_one(events)


def test_events_may_come_from_an_iterator() -> None:
    assert replay(map(delta, "abc"), BEFORE) == one_by_one([delta("abc")])


def test_a_reducer_of_ones_own_sees_every_event() -> None:
    def count(counts: Any, _data: Any, _run: Any) -> Any:
        return [counts[0] + 1]

    counts: Any = [0]
    own = reducer_for({"thread.message.delta": count})
    counted: Any = replay([delta("a")] * 3, counts, own)

    assert counted == [3]
    assert replay([delta("a")] * 3, [], reduce_runs) == []
