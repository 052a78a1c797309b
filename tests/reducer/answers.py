"""Random Responses streams, of few items and responses, so that events meet."""

from hypothesis import strategies as st

from reducer import RESPONSES, RESPONSES_RUNS
from tests.reducer import streams
from tests.reducer.streams import STATUSES, hostile, indexes, mostly, pieces, some

NAMES = sorted({*RESPONSES, *RESPONSES_RUNS, "relay.run", "keepalive", "response.audio.delta"})

item_ids = st.sampled_from(["m1", "m2", "i1", "i2"])
response_ids = st.sampled_from(["r1", "r1", "r2"])
types = st.sampled_from(["message", "message", "reasoning", "function_call", "shell_call"])
texts_told = st.fixed_dictionaries(
    {"type": st.sampled_from(["output_text", "refusal", "reasoning_text", "input_image"])},
    optional={
        "text": mostly(pieces),
        "refusal": mostly(pieces),
        "annotations": mostly(streams.annotations),
        "logprobs": hostile,
        "image_url": mostly(pieces),
    },
)
items = st.fixed_dictionaries(
    {"id": mostly(item_ids), "type": mostly(types)},
    optional={
        "status": mostly(st.sampled_from(STATUSES)),
        "role": mostly(st.sampled_from(["assistant", "user", "developer"])),
        "content": mostly(st.lists(texts_told, max_size=3)),
        "phase": mostly(pieces),
        "result": mostly(pieces),
        "output_format": mostly(st.sampled_from(["png", "svg"])),
        "arguments": mostly(pieces),
        "summary": mostly(st.lists(texts_told, max_size=2)),
        "action": mostly(st.builds(lambda texts: {"commands": texts}, st.lists(pieces))),
    },
) | st.builds(
    lambda one, result: {"id": one, "type": "image_generation_call", "result": result},
    item_ids,
    st.sampled_from(["QQ==", "Qg=="]),
)
responses = st.fixed_dictionaries(
    {"id": mostly(response_ids)},
    optional={
        "status": mostly(st.sampled_from([*STATUSES, "cancelled"])),
        "output": mostly(st.lists(mostly(items), max_size=4)),
        "incomplete_details": some({"reason": st.sampled_from(["steered", "content_filter"])}),
        "error": some({"code": pieces, "message": pieces}),
        "conversation": some({"id": streams.ids}),
        "usage": hostile,
        "created_at": hostile,
    },
)
places = st.integers(0, 2) | indexes
told = st.fixed_dictionaries(
    {
        "item_id": mostly(item_ids),
        "output_index": mostly(places),
        "content_index": mostly(places),
        "summary_index": mostly(places),
        "command_index": mostly(places),
        "annotation_index": mostly(places),
        "partial_image_index": mostly(places),
        "delta": mostly(pieces) | some({"stdout": pieces, "stderr": pieces}),
        "text": mostly(pieces),
        "refusal": mostly(pieces),
        "part": mostly(texts_told),
        "item": mostly(items),
        "response": mostly(responses),
    },
    optional={
        "annotation": mostly(some({"type": pieces, "index": indexes})),
        "arguments": mostly(pieces),
        "input": mostly(pieces),
        "code": mostly(pieces),
        "diff": mostly(pieces),
        "command": mostly(pieces),
        "partial_image_b64": mostly(pieces),
        "output": mostly(st.lists(some({"stdout": pieces, "outcome": hostile}), max_size=2)),
        "error": some({"code": pieces, "type": pieces, "message": pieces}),
        # As a `relay.run` tells it.
        "id": mostly(st.just("run_1")),
        "status": mostly(st.sampled_from([*STATUSES, "cancelled"])),
    },
)
runs = st.none() | mostly(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["run_1", "r1"])},
        optional={
            "response_id": mostly(response_ids),
            "upstream_ids": mostly(st.lists(response_ids, max_size=2)),
            "status": mostly(st.sampled_from(STATUSES)),
            "thread_id": hostile,
            "output": mostly(
                st.lists(
                    some({"response_id": response_ids, "output_index": places, "item": items}),
                    max_size=3,
                )
            ),
        },
    )
)

events = st.builds(streams.event, mostly(st.sampled_from(NAMES)), mostly(told), runs)
# Pieces of one text, most of them of the very same run.
RUN = {"id": "run_1", "response_id": "r1"}
tokens = st.builds(
    lambda item_id, piece, run: streams.event(
        "response.output_text.delta",
        {"item_id": item_id, "output_index": 0, "content_index": 0, "delta": piece},
        run,
    ),
    st.sampled_from(["m1", "m1", "x1"]),
    pieces,
    st.sampled_from([RUN, RUN, {"id": "r1"}, None]),
)

streams_of_both = st.lists(streams.events | streams.tokens | events | tokens, max_size=12).map(
    streams.as_sent
)
only_answers = st.lists(events | events | tokens, max_size=16).map(streams.as_sent)
# A conversation, and what runs know of it.
conversations = st.lists(mostly(items), max_size=5)
writers = st.lists(runs, max_size=3)
