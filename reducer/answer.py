"""What a response writes into a thread: where its messages are, and how they change."""

from collections.abc import Callable, Sequence
from typing import Any

from .delta import MAX_INDEX, is_index
from .item import message_of, origin_of, settled
from .lists import mapped, replaced
from .message import close_message, is_finished
from .partners import partners
from .same import same
from .shape import has_id, is_object
from .types import Json, Message, Thread


def put_output(thread: Thread, message: Message) -> Thread:
    """Replace the message that it is, which keeps its id, or add it."""
    place = _place_of(thread, message, _is_open)
    if place is None:
        return _with_new(thread, [message])
    put = {**message, "id": thread[place]["id"]}
    return thread if same(thread[place], put) else replaced(thread, place, put)


def settle_output(thread: Thread, message: Message) -> Thread:
    """Settle the message that it is, or add it."""
    place = _place_of(thread, message, lambda there: _are_texts(there, message))
    if place is None:
        return _with_new(thread, [message])
    return replaced(thread, place, settled(thread[place], message))


def update_output(thread: Thread, named: Json, change: Callable[[Message], Message]) -> Thread:
    """Change the message that is named, unless it is finished."""
    place = _place_of(thread, named, _is_open)
    if place is None or not _is_open(thread[place]):
        return thread
    return replaced(thread, place, change(thread[place]))


def lay_output(thread: Thread, run: Any, output: Sequence[Any]) -> Thread:
    """Settle each message of a whole output, and add those that were never streamed."""
    told = [
        message
        for position, item in enumerate(output)
        if (message := message_of(item, origin_of(run, position)))
    ]
    ids = {message["id"] for message in told}
    origin = origin_of(run, None)
    there = [
        message
        for message in reversed(thread)
        if has_id(message) and (message["id"] in ids or _is_beside(origin, message))
    ]
    changed, new = {}, {}
    for number, place in partners(told, there, _kind_of).items():
        message = told[number]
        if place is None:
            new[message["id"]] = message
        else:
            changed[there[place]["id"]] = settled(there[place], message)
    laid = mapped(thread, lambda one: changed.get(one["id"], one) if has_id(one) else one)
    return _with_new(laid, [*new.values()])


def close_output(thread: Thread, run: Any, reason: str | None) -> Thread:
    """Close the messages of the response that the run is at."""
    origin = origin_of(run, None)

    def close(message: Any) -> Any:
        return close_message(message, reason) if _is_beside(origin, message) else message

    return mapped(thread, close)


def _place_of(thread: Thread, named: Json, may_be: Callable[[Message], bool]) -> int | None:
    """Where the message of this id is, or else one that it may be at this index of the response."""
    found = None
    for place, message in enumerate(thread):
        if not has_id(message):
            continue
        if message["id"] == named["id"]:
            return place
        if found is not None and message.get("run_id") != named["run_id"]:
            # The messages of a run stand together: none further down can have the id.
            break
        if found is None and _is_at(named, message) and may_be(message):
            found = place
    return found


def _with_new(thread: Thread, messages: Sequence[Message]) -> Thread:
    """New messages go first; but those of one response stand together, by their indexes."""
    if not messages:
        return thread
    beside = [message for message in thread if _is_beside(messages[0], message)]
    others = [message for message in thread if not _is_beside(messages[0], message)]
    places = (n for n, message in enumerate(thread) if _is_beside(messages[0], message))
    place = next(places, 0)
    block = sorted([*reversed(messages), *beside], key=_index_of, reverse=True)
    return [*others[:place], *block, *others[place:]]


def _is_at(named: Json, message: Message) -> bool:
    index = message.get("output_index")
    return is_index(index) and index == named["output_index"] and _is_beside(named, message)


def _is_beside(origin: Json, message: Any) -> bool:
    """Whether a message is of the same response."""
    is_answer = is_object(message) and "response_id" in message
    if not is_answer or origin["run_id"] is None:
        return False
    names = ("run_id", "response_id")
    return all(message.get(name) == origin[name] for name in names)


def _is_open(message: Message) -> bool:
    return not is_finished(message)


def _are_texts(one: Message, other: Message) -> bool:
    return _kind_of(one) == _kind_of(other) == "text"


def _kind_of(message: Message) -> str:
    """An image is no text."""
    content = message.get("content")
    part = content[0] if isinstance(content, list) and content else None
    return "image" if is_object(part) and part.get("type") == "image_url" else "text"


def _index_of(message: Message) -> float:
    index = message.get("output_index")
    return index if is_index(index) else MAX_INDEX
