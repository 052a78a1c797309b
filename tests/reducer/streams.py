"""Random streams: events that could be, and events that nobody should send."""

import json
from typing import Any

from hypothesis import strategies as st

from reducer import ASSISTANTS, ASSISTANTS_RUNS, RELAY, Event

NAMES = sorted({*ASSISTANTS, *ASSISTANTS_RUNS, *RELAY, "relay.gap", "thread.created"})
STATUSES = ["queued", "in_progress", "requires_action", "completed", "incomplete", "failed"]
# Few, so that events meet; cut surrogates, so that halves meet.
PIECES = ["", "a", "bc", "é", "\ud83d", "\ude00", "\U0001f600", "\u2028"]
FIELDS = [
    "id",
    "index",
    "text",
    "value",
    "content",
    "status",
    "__proto__",
    "constructor",
    "toString",
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([10**9, 2**53, 1.5, 1e300]),
    st.sampled_from([*PIECES, "m1", "run_1"]),
)
hostile = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=8,
)


def mostly(plausible: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Now and then something else."""
    return st.integers(0, 9).flatmap(lambda chance: plausible if chance else hostile)


def some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these fields, and now and then one more."""
    known = st.fixed_dictionaries({}, optional={n: mostly(value) for n, value in fields.items()})
    more = st.dictionaries(st.sampled_from(FIELDS), hostile, max_size=1)
    return st.tuples(known, st.just({}) | more).map(lambda pair: {**pair[1], **pair[0]})


pieces = st.sampled_from(PIECES)
indexes = st.integers(0, 3) | st.sampled_from([0, 0, -1, 1.0, 1.5, True, "0", None, 10**9, 2**53])
annotations = st.lists(some({"index": indexes, "start_index": st.integers(0, 9)}), max_size=2)
text = some({"value": pieces, "annotations": annotations})
parts = st.lists(
    some({"index": indexes, "type": st.just("text"), "text": text, "refusal": pieces}), max_size=3
)
calls = st.lists(
    some(
        {
            "index": indexes,
            "function": some({"name": pieces, "arguments": pieces, "output": st.none() | pieces}),
            "code_interpreter": some(
                {
                    "input": pieces,
                    "outputs": st.lists(some({"index": indexes, "logs": pieces}), max_size=2),
                }
            ),
        }
    ),
    max_size=2,
)
ids = st.sampled_from(["m1", "m2", "s1", "run_1", "up_1", "__proto__"])
details = some({"tool_calls": calls})
bodies = some(
    {
        "id": ids,
        "run_id": ids,
        "thread_id": ids,
        "status": st.sampled_from(STATUSES),
        "upstream_ids": st.lists(ids, max_size=2),
        "content": parts,
        "step_details": details,
        "delta": some({"role": pieces, "content": parts, "step_details": details}),
        "incomplete_details": some({"reason": st.sampled_from(["max_tokens", "content_filter"])}),
        "required_action": hostile,
        "usage": hostile,
        "error": some({"code": pieces, "type": pieces, "message": pieces}),
    }
)
texts = st.builds(
    lambda value: {"delta": {"content": [{"index": 0, "type": "text", "text": {"value": value}}]}},
    pieces,
).flatmap(lambda data: st.sampled_from(["m1", "m1", "m2"]).map(lambda one: {"id": one, **data}))


def event(name: str, data: Any, run: Any) -> Event:
    return (
        {"event": name, "data": data} if run is None else {"event": name, "data": data, "run": run}
    )


events = st.builds(
    event, mostly(st.sampled_from(NAMES)), mostly(bodies), st.none() | mostly(bodies)
)
tokens = texts.map(lambda data: {"event": "thread.message.delta", "data": data})


def as_sent(stream: list[Event]) -> list[Event]:
    """As JSON would bring it: two halves of a character in one text are that character.  Equal runs
    are one, as a reader of a stream has them.
    """
    sent: list[dict[str, Any]] = json.loads(json.dumps(stream))
    known: dict[str, Any] = {}
    for one in sent:
        if "run" in one:
            one["run"] = known.setdefault(json.dumps(one["run"], sort_keys=True), one["run"])
    return [*sent]
