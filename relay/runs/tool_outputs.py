"""Tool outputs on their way from whoever submits them to the driver of the run."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadRequest, Conflict
from ..upstreams import Json
from .run import Run


@dataclass(frozen=True, slots=True)
class Submission:
    outputs: Sequence[Json]
    # Done once the upstream has taken them, or with its refusal.
    answer: asyncio.Future[None]


class Handover:
    """One place: the driver waits for outputs, and one caller puts them there."""

    def __init__(self, run: Run) -> None:
        self._run = run
        # What the driver waits for; None while it does not wait.
        self._wanted: asyncio.Future[Submission | None] | None = None
        # What is on its way, by the ids of the calls, so that a repeat is answered alike.
        self._answers: dict[frozenset[str], asyncio.Future[None]] = {}

    async def submit(self, outputs: Sequence[Json]) -> None:
        """Returns once the upstream has taken the outputs; a repeat returns with the first.

        Raises BadRequest if outputs are missing or not asked for, Conflict if the run does not
        wait for any, and the upstream's refusal.
        """
        calls = call_ids(outputs)
        if calls in self._run.answered:
            return
        if calls not in self._answers:
            if self._wanted is None or self._wanted.done():
                raise Conflict(f"run {self._run.id} is not waiting for tool outputs")
            self._check(calls)
            answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda answer: self._remember(calls, answer))
            self._answers[calls] = answer
            self._wanted.set_result(Submission(outputs, answer))
        await asyncio.shield(self._answers[calls])

    async def wait(self) -> Submission | None:
        """For the driver: the next outputs, or None if it was woken without any."""
        # Outputs that seemed to be taken, but got lost on the way, are asked for again.
        self._run.answered.discard(_required(self._run.required_action))
        self._wanted = asyncio.get_running_loop().create_future()
        try:
            return await self._wanted
        finally:
            self._wanted = None

    def wake(self) -> None:
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    def close(self) -> None:
        """Nobody is left waiting when the run has ended."""
        for answer in list(self._answers.values()):
            if not answer.done():
                answer.set_exception(Conflict(f"run {self._run.id} has ended"))

    def _check(self, calls: frozenset[str]) -> None:
        required = _required(self._run.required_action)
        for call in sorted(required - calls):
            raise BadRequest(f"the output of tool call {call} is missing", param="tool_outputs")
        for call in sorted(calls - required):
            raise BadRequest(f"no tool call {call} is open", param="tool_outputs")

    def _remember(self, calls: frozenset[str], answer: asyncio.Future[None]) -> None:
        self._answers.pop(calls, None)
        if not answer.cancelled() and answer.exception() is None:
            self._run.answered.add(calls)


def call_ids(outputs: Sequence[Json]) -> frozenset[str]:
    """Which calls are answered."""
    return frozenset(str(output["tool_call_id"]) for output in outputs)


def _required(required_action: Json | None) -> frozenset[str]:
    action = (required_action or {}).get("submit_tool_outputs")
    calls = action.get("tool_calls") if isinstance(action, dict) else None
    entries = calls if isinstance(calls, list) else []
    return frozenset(str(call["id"]) for call in entries if isinstance(call, dict) and "id" in call)
