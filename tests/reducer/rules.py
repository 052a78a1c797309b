"""The rules of the reducer as cases, which both languages are held to; see rules/*.json.

A case has events, and what must be there after each: `thread` (from `before` on), `runs` (from
nothing on), and the id of the current `run` and of its `response`.  null is the very list that was
there before.  `in` is the run of all events that say no other, and `common` are the fields that all
messages of a response have which do not say else.  A case may also have `items` of a conversation
and runs (`by`), and the `list` that they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any

FOLDER = Path(__file__).parent / "rules"


def cases(kind: str) -> dict[str, Json]:
    """The cases that say something of `thread`, `runs`, `run`, … by their names."""
    found = {case["name"]: _whole(case) for case in _all() if kind in case}
    assert found
    return found


def canonical(value: Json) -> str:
    """JSON text that is equal where the values are: 1 is 1.0, and no true, as Python has it."""
    return json.dumps(json.loads(json.dumps(value), parse_int=float), sort_keys=True)


def shares_what_is_equal(before: Json, after: Json) -> bool:
    """Whether each entry that was there before, as it is, is the very object that was there."""
    kept = {id(entry) for entry in before}
    texts = {json.dumps(entry, sort_keys=True) for entry in before}
    return all(id(entry) in kept for entry in after if json.dumps(entry, sort_keys=True) in texts)


def _all() -> Iterator[Json]:
    for path in sorted(FOLDER.glob("*.json")):
        yield from json.loads(path.read_text())


def _whole(case: Json) -> Json:
    run = {"run": case["in"]} if "in" in case else {}
    lists = {name: _filled(case[name], case) for name in ("before", "thread") if name in case}
    return {**case, **lists, "events": [{**run, **event} for event in case.get("events", [])]}


def _filled(value: Json, case: Json) -> Json:
    if isinstance(value, list):
        return [_filled(entry, case) for entry in value]
    is_answer = isinstance(value, dict) and "output_index" in value
    return {**case.get("common", {}), **value} if is_answer else value
