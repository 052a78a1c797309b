"""Recordings of Responses streams, as small as they may be."""

import json
from typing import Any

DONE = b"data: [DONE]\n\n"


def event(name: str, **fields: Any) -> bytes:
    data = json.dumps({"type": name, **fields})
    return f"event: {name}\ndata: {data}\n\n".encode()


def created(response_id: str, **fields: Any) -> bytes:
    response = {"id": response_id, "status": "in_progress", "output": [], **fields}
    return event("response.created", response=response)


def completed(response_id: str, *output: Any, status: str = "completed", **fields: Any) -> bytes:
    response = {"id": response_id, "status": status, "output": output, **fields}
    return event(f"response.{status}", response=response)


def text_begun(message_id: str, *deltas: str, output_index: int = 0) -> bytes:
    place = {"output_index": output_index}
    item = {"id": message_id, "type": "message", "role": "assistant", "content": []}
    part = {"type": "output_text", "text": "", "annotations": []}
    where = {**place, "item_id": message_id, "content_index": 0}
    return b"".join(
        [
            event("response.output_item.added", item=item, **place),
            event("response.content_part.added", part=part, **where),
            *(event("response.output_text.delta", delta=delta, **where) for delta in deltas),
        ]
    )


def text(message_id: str, *deltas: str, output_index: int = 0) -> bytes:
    part = {"type": "output_text", "text": "".join(deltas), "annotations": []}
    item = {"id": message_id, "type": "message", "role": "assistant", "content": [part]}
    done = event("response.output_item.done", item=item, output_index=output_index)
    return text_begun(message_id, *deltas, output_index=output_index) + done


def call(item_id: str, call_id: str, *, output_index: int = 0) -> bytes:
    item = {
        "id": item_id, "type": "function_call", "call_id": call_id,
        "name": "count", "arguments": "{}",
    }  # fmt: skip
    added = event("response.output_item.added", item=item, output_index=output_index)
    return added + event("response.output_item.done", item=item, output_index=output_index)


# A run that asks for the output of a tool, and goes on with it.
ASKS = created("resp_1") + call("fc_1", "call_1") + completed("resp_1")
GOES_ON = created("resp_2", previous_response_id="resp_1") + text("msg_2", "Two", " bees.")
ROUND = ASKS + GOES_ON + completed("resp_2")

PLAIN = created("resp_1") + text("msg_1", "Bees", " hum.") + completed("resp_1")
