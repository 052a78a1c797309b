"""A script played without a server, its calls answered as its recordings answer them."""

from ..ids import Ids
from .acts import play as events_of
from .conversation import Conversation
from .manners import Manners
from .moves import Script, Use
from .part import Part
from .response import Response


def play(script: Script) -> list[Response]:
    """All responses that it takes, with the events that they have sent."""
    conversation = Conversation(id="conv_1", created_at=0, ids=Ids(script.id), now=lambda: 0)
    responses: list[Response] = []
    outputs: tuple[str, ...] = ()
    for turn in range(len(script.turns)):
        response = _respond(conversation, Part(script, turn, outputs))
        responses.append(response)
        outputs = recorded_outputs(script, turn)
    return responses


def recorded_outputs(script: Script, turn: int) -> tuple[str, ...]:
    """What a recording answers to the calls of a turn."""
    uses = (move for move in script.turns[turn] if isinstance(move, Use))
    return tuple(move.output for move in uses if move.output)


def _respond(conversation: Conversation, part: Part) -> Response:
    response = Response(
        id=conversation.ids.new("resp"),
        script=part.script,
        turn=part.turn,
        created_at=0,
        ids=conversation.ids,
        now=conversation.now,
        accent=part.script.accent or Manners().accent,
        moves=iter(part.moves()),
        options={"model": part.script.id, "background": True, "stream": True},
        input=[],
        conversation=conversation,
        outputs=part.outputs,
    )
    conversation.begin(response)
    for event in events_of(response):
        response.told.add(event)
    return response
