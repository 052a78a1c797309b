"""What the server keeps: conversations, responses, scripts, and how it behaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..answers import invalid, missing
from ..ids import Ids
from ..parts import Json
from ..stage import Stage
from .acts import play
from .conversation import Conversation
from .given import check_calls, items_of
from .manners import Manners
from .moves import Script
from .part import Part, part_for
from .refusals import (
    conversation_locked,
    no_background,
    not_found,
    too_many_items,
    two_histories,
    unknown_parameter,
)
from .response import ECHOED, Response

MOST_ITEMS = 20
PARAMETERS = {
    *ECHOED, "background", "context_management", "conversation", "include", "input", "model",
    "moderation", "prompt", "prompt_cache_options", "prompt_cache_retention", "stream",
    "stream_options",
}  # fmt: skip


@dataclass(kw_only=True)
class Account:
    seed: str
    scripts: Mapping[str, Script]
    stage: Stage[Response]
    now: Callable[[], int]
    manners: Manners = field(default_factory=Manners)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed)

    def new_conversation(self, body: Json) -> Conversation:
        conversation = Conversation(
            id=self.ids.new("conv"),
            created_at=self.now(),
            ids=Ids(f"{self.seed} {len(self.conversations)}"),
            now=self.now,
            metadata=body.get("metadata") or {},
        )
        conversation.add(self.items(body.get("items") or [], conversation))
        self.conversations[conversation.id] = conversation
        return conversation

    def conversation(self, name: str) -> Conversation:
        if name not in self.conversations:
            raise not_found("Conversation", name)
        return self.conversations[name]

    def items(self, given: Any, conversation: Conversation) -> list[Json]:
        if not isinstance(given, list):
            raise invalid("items", given)
        if len(given) > MOST_ITEMS:
            raise too_many_items(len(given))
        return items_of(given, conversation.ids, "items")

    def response(self, name: str) -> Response:
        """By its id, or by any name that a stream has called it."""
        for response in self.responses.values():
            if name in (response.id, response.seen_id):
                return response
        raise not_found("Response", name)

    def new_response(self, body: Json) -> Response:
        self._check(body)
        conversation = self._conversation(body)
        ids = conversation.ids if conversation else self.ids
        given = items_of(body["input"], ids)
        history = [*self._history(body, conversation), *given]
        check_calls(history)
        part = part_for(body["model"], history, self.scripts, self.responses.values())
        return self._start(body, part, conversation, given)

    def follow_on(self, response: Response) -> Response | None:
        """The next response, where one stream carries them all."""
        part = Part(response.script, response.turn).next()
        return self._start(response.options, part, response.conversation, []) if part else None

    def _check(self, body: Json) -> None:
        for name in body.keys() - PARAMETERS:
            raise unknown_parameter(name)
        for name in ("model", "input"):
            if body.get(name) is None:
                raise missing(name)
        if body.get("conversation") and body.get("previous_response_id"):
            raise two_histories()
        if body.get("background") and not self.manners.has_background:
            raise no_background()
        if body.get("conversation") and not self.manners.has_conversations:
            raise unknown_parameter("conversation")

    def _conversation(self, body: Json) -> Conversation | None:
        named = body.get("conversation")
        if not named:
            return None
        conversation = self.conversation(named["id"] if isinstance(named, dict) else named)
        if conversation.active:
            raise conversation_locked()
        return conversation

    def _history(self, body: Json, conversation: Conversation | None) -> list[Json]:
        if conversation:
            return conversation.items
        name = body.get("previous_response_id")
        if not name:
            return []
        previous = self.response(name)
        earlier = self._history(previous.options, previous.conversation)
        return [*earlier, *previous.input, *previous.output]

    def _start(
        self, body: Json, part: Part, conversation: Conversation | None, given: list[Json]
    ) -> Response:
        ids = conversation.ids if conversation else self.ids
        response = Response(
            id=ids.new("resp"),
            script=part.script,
            turn=part.turn,
            created_at=self.now(),
            ids=ids,
            now=self.now,
            accent=part.script.accent or self.manners.accent,
            moves=iter(part.moves()),
            options=body,
            input=given,
            conversation=conversation,
            outputs=part.outputs,
            last_call_id=part.call_id,
        )
        self.responses[response.id] = response
        if conversation:
            conversation.begin(response)
        self.stage.start(response, play(response))
        return response
