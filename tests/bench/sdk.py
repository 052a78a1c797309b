"""How OpenAI's own SDK folds the same events, to compare with.

These three names are private to the SDK, but what `AssistantEventHandler` does with each event is
just this; the handler itself reads from a socket.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openai._models import construct_type
from openai.lib.streaming._assistants import accumulate_event
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Message


def typed_events(events: Iterable[Mapping[str, Any]]) -> Iterator[AssistantStreamEvent]:
    # A union is no type to mypy, though construct_type takes one.
    union: Any = AssistantStreamEvent
    for event in events:
        typed: Any = construct_type(type_=union, value=event)
        yield typed


def accumulate(events: Iterable[AssistantStreamEvent]) -> str:
    """The text that the message ends with."""
    message: Message | None = None
    for event in events:
        if event.event == "thread.message.created":
            # The SDK writes into the message that it is given first.
            event = event.model_copy(deep=True)  # noqa: PLW2901
        message, _ = accumulate_event(event=event, current_message_snapshot=message)
    block: Any = message and message.content[0]
    return str(block.text.value)
