"""R: the reducers, beside the accumulator of OpenAI's SDK."""

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeAlias

import reducer

from .lab import BenchError, Lab
from .report import Row, say
from .sdk import accumulate, typed_events

DELTAS = 50_000
MESSAGES = 1000
# As the front end reads: it hands the list to the page at most every 16 ms.
SET_SECONDS = 0.016
CHUNK_BYTES = 16 * 1024
# Rounds are short and whatever disturbs one only slows it, so of many the fastest counts.
ROUNDS = 2
WORDS = (" the", " stream", " of", " tokens", " which", " answer", "ing", " a", " question", ".")
SCRIPT = Path(__file__).with_suffix(".mjs")

Json: TypeAlias = Mapping[str, Any]
# Folds once, and gives the text of the message that it ends with.
Fold: TypeAlias = Callable[[], str]


def reducers(_lab: Lab, runs: int) -> list[Row]:
    """R: 50,000 deltas of one message in a thread of 1,000, folded one by one."""
    stream = b"".join(_frames())
    events = list(_parsed(stream))
    typed = list(typed_events(events))
    thread = [_message(f"msg_{number}", f"message {number}") for number in range(MESSAGES)]
    folds: Mapping[str, Fold] = {
        "Python, one by one": lambda: _fold(thread, events),
        "Python, replay": lambda: _text(reducer.replay(events, thread)),
        "Python, from bytes": lambda: _fold(thread, _parsed(stream)),
        "SDK": lambda: accumulate(typed),
        "SDK from JSON": lambda: accumulate(typed_events(_parsed(stream))),
    }
    # The SDK from JSON takes as long as all the others together.
    rates = {
        name: _rate(1 if name == "SDK from JSON" else ROUNDS * runs, fold)
        for name, fold in folds.items()
    }
    rates.update(_javascript(stream, runs))
    for name, rate in rates.items():
        say(f"  R      {name:24} {rate:,.0f} events/s")
    return [
        _row(rates, "Python, one by one", "SDK", 250_000),
        _row(rates, "Python, replay", "SDK"),
        _row(rates, "Python, from bytes", "SDK from JSON"),
        _row(rates, "JavaScript, one by one", "SDK", 600_000),
        _row(rates, "JavaScript, from bytes", "SDK from JSON"),
    ]


def _row(rates: Mapping[str, float], name: str, other: str, target: int = 0) -> Row:
    return Row(
        scenario="R", figure=f"{name}: events/s", here=rates[name], other=rates[other], digits=0,
        target=f"≥ {target:,}" if target else "",
        is_met=rates[name] >= target if target else None,
    )  # fmt: skip


def _rate(rounds: int, fold: Fold) -> float:
    def once() -> float:
        began = time.process_time()
        text = fold()
        seconds = time.process_time() - began
        _check(text)
        return DELTAS / seconds

    return max(once() for _ in range(rounds))


def _fold(thread: Sequence[Json], events: Iterable[Json]) -> str:
    read_at = time.perf_counter()
    for event in events:
        thread = reducer.reduce(thread, event)
        if time.perf_counter() - read_at >= SET_SECONDS:
            _text(thread)[-1:]
            read_at = time.perf_counter()
    return _text(thread)


def _text(thread: Sequence[Json]) -> str:
    content = thread[0]["content"]
    text: str = content[0]["text"]["value"] if content else ""
    return text


def _check(text: str) -> None:
    if text != "".join(_words()):
        raise BenchError("a reducer has not built the text that was streamed")


def _parsed(stream: bytes) -> Iterator[Json]:
    reader = reducer.EventReader()
    for at in range(0, len(stream), CHUNK_BYTES):
        yield from reader.feed(stream[at : at + CHUNK_BYTES])
    yield from reader.end()


def _javascript(stream: bytes, runs: int) -> Mapping[str, float]:
    command = ["node", str(SCRIPT), str(2 * ROUNDS * runs), str(MESSAGES)]
    try:
        done = subprocess.run(command, input=stream, capture_output=True, check=True, timeout=120)
    except FileNotFoundError:
        raise BenchError("node is not installed: the JavaScript reducer is not measured") from None
    except subprocess.CalledProcessError as error:
        raise BenchError(f"the JavaScript reducer failed: {error.stderr.decode()}") from None
    said = json.loads(done.stdout)
    for text in said["texts"]:
        _check(text)
    return {
        "JavaScript, one by one": DELTAS / min(said["ready"]),
        "JavaScript, from bytes": DELTAS / min(said["bytes"]),
    }


def _frames() -> Iterator[bytes]:
    created = {**_message("msg_bench", ""), "status": "in_progress", "content": []}
    yield _frame("thread.message.created", created)
    for number, word in enumerate(_words()):
        # Only the first delta of a text brings annotations, as OpenAI has it.
        text = {"value": word} if number else {"value": word, "annotations": []}
        part = {"index": 0, "type": "text", "text": text}
        delta = {"id": "msg_bench", "object": "thread.message.delta", "delta": {"content": [part]}}
        yield _frame("thread.message.delta", delta)


def _frame(name: str, data: Json) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _words() -> Iterator[str]:
    return islice(cycle(WORDS), DELTAS)


def _message(message_id: str, text: str) -> Json:
    return {
        "id": message_id,
        "object": "thread.message",
        "created_at": 1763631000,
        "thread_id": "thread_bench",
        "assistant_id": "asst_bench",
        "run_id": "run_bench",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}],
        "attachments": [],
        "metadata": {},
    }
