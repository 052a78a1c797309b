"""Writing a message: its step, its parts delta by delta, and its end."""

from collections.abc import Iterator
from itertools import chain

from .events import Event
from .messages import Message, Step, joined
from .moves import Say
from .parts import Cite, Exactly, Json, Output, Part, Piece, Refusal, Text, tokens
from .runs import Run


def say(run: Run, move: Say) -> Iterator[Event]:
    message = _new_message(run)
    step = new_step(run, message.id)
    yield Event("thread.run.step.created", step.wire())
    yield Event("thread.run.step.in_progress", step.wire())
    run.thread.messages.append(message)
    yield Event("thread.message.created", message.wire())
    yield Event("thread.message.in_progress", message.wire())
    for parts in _deltas(run, message, move):
        run.spent += 1
        delta = {"id": message.id, "object": "thread.message.delta", "delta": {"content": parts}}
        yield Event("thread.message.delta", delta)
    if move.end != "open":
        yield from _end(run, message, step, move)


def new_step(run: Run, message_id: str | None = None) -> Step:
    """Open a step: of a message, or of tool calls."""
    step = Step(
        id=run.thread.ids.new("step"),
        run_id=run.id,
        assistant_id=run.script.id,
        thread_id=run.thread.id,
        created_at=run.now(),
        expires_at=run.wire()["expires_at"],
        message_id=message_id,
    )
    run.steps.append(step)
    return step


def end_step(run: Run, step: Step, status: str = "completed") -> Event:
    step.status, step.ended_at = status, run.now()
    step.usage = usage(sum(len(str(call)) for call in step.calls) // 4 or run.spent)
    return Event(f"thread.run.step.{status}", step.wire())


def usage(completion_tokens: int) -> Json:
    prompt_tokens = 60
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def _new_message(run: Run) -> Message:
    return Message(
        id=run.thread.ids.new("msg"),
        thread_id=run.thread.id,
        role="assistant",
        created_at=run.now(),
        assistant_id=run.script.id,
        run_id=run.id,
        status="in_progress",
    )


def _end(run: Run, message: Message, step: Step, move: Say) -> Iterator[Event]:
    message.close(move.end, move.reason)
    if move.end == "completed":
        message.completed_at = run.now()
    else:
        message.incomplete_at = run.now()
    yield Event(f"thread.message.{move.end}", message.wire())
    yield end_step(run, step)


def _deltas(run: Run, message: Message, move: Say) -> Iterator[list[Json]]:
    """The parts that each delta carries."""
    rows = [_part(run, message, index, part) for index, part in enumerate(move.parts)]
    if move.together:
        yield [next(row) for row in rows]
    yield from ([part] for part in chain.from_iterable(rows))


def _part(run: Run, message: Message, index: int, part: Part) -> Iterator[Json]:
    if isinstance(part, Text):
        pieces = chain.from_iterable(_cut(run, piece) for piece in part.pieces)
        return (_write(message, index, piece) for piece in pieces)
    if isinstance(part, Refusal):
        return (_refuse(message, index, token) for token in tokens(part.text))
    whole = {"index": index, **part.part}
    return (_put(message, whole) for _ in range(1))


def _cut(run: Run, piece: Piece) -> list[str | Cite]:
    if isinstance(piece, Exactly):
        return [piece.text]
    if isinstance(piece, Output):
        return [run.outputs[piece.call]]
    return [piece] if isinstance(piece, Cite) else [*tokens(piece)]


def _write(message: Message, index: int, piece: str | Cite) -> Json:
    """Append to a text part.  Only its first delta says `annotations: []`."""
    is_first = index == len(message.content)
    if is_first:
        text: Json = {"value": "", "annotations": []}
        message.content.append({"index": index, "type": "text", "text": text})
    text = message.content[index]["text"]
    delta: Json = {"value": piece.marker if isinstance(piece, Cite) else piece}
    if is_first:
        delta["annotations"] = []
    if isinstance(piece, Cite):
        delta["annotations"] = [_annotate(text, piece)]
    text["value"] = joined(text["value"], delta["value"])
    return {"index": index, "type": "text", "text": delta}


def _annotate(text: Json, cite: Cite) -> Json:
    start = len(text["value"])
    annotation = {
        "index": len(text["annotations"]),
        "type": cite.kind,
        "text": cite.marker,
        "start_index": start,
        "end_index": start + len(cite.marker),
        cite.kind: {**cite.source, **cite.only_in_delta},
    }
    text["annotations"].append(annotation)
    return annotation


def _refuse(message: Message, index: int, token: str) -> Json:
    if index == len(message.content):
        message.content.append({"index": index, "type": "refusal", "refusal": ""})
    message.content[index]["refusal"] += token
    return {"index": index, "type": "refusal", "refusal": token}


def _put(message: Message, part: Json) -> Json:
    message.content.append(part)
    return part
