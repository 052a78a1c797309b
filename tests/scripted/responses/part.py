"""Which script answers, from which of its turns on, and what it was told meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..parts import Json
from .fallback import fallback
from .given import answers_at_the_end, text_of
from .moves import Script, Turn
from .response import Response


@dataclass(frozen=True, slots=True)
class Part:
    script: Script
    turn: int = 0
    # What the client said to the calls of the turn before, and the name of the last of them.
    outputs: tuple[str, ...] = ()
    call_id: str = ""

    def moves(self) -> Turn:
        """A script that has nothing to say any more says so."""
        if self.script.declined and "no" in self.outputs:
            return self.script.declined
        if self.turn < len(self.script.turns):
            return self.script.turns[self.turn]
        return fallback(self.script.id, "That was all.").turns[0]

    def next(self) -> "Part | None":
        """The part that the same stream goes on with."""
        turn = self.turn + 1
        goes_on = self.script.in_one_stream and turn < len(self.script.turns)
        return Part(self.script, turn) if goes_on else None


def part_for(
    model: str,
    history: Sequence[Json],
    scripts: Mapping[str, Script],
    responses: Iterable[Response],
) -> Part:
    answers = answers_at_the_end(history)
    asking = _asking(answers, responses)
    if asking:
        outputs = tuple(_said(item) for item in answers)
        return Part(asking.script, asking.turn + 1, outputs, _asked(answers[-1]))
    return Part(scripts.get(model) or fallback(model, text_of(history)))


def _asking(answers: Sequence[Json], responses: Iterable[Response]) -> Response | None:
    """The response whose calls were answered."""
    names = {_asked(item) for item in answers}
    for response in responses:
        for slot in response.slots:
            if names & {slot.item.get("call_id") or slot.item["id"]}:
                return response
    return None


def _asked(answer: Json) -> str:
    return str(answer.get("call_id") or answer.get("approval_request_id"))


def _said(item: Json) -> str:
    """What an output says, in words."""
    if item["type"] == "mcp_approval_response":
        return "yes" if item["approve"] else "no"
    output = item.get("output")
    return output if isinstance(output, str) else str(output)
