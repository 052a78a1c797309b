"""Tool outputs on their way from whoever submits them to the driver of the run."""

import asyncio
from collections.abc import Sequence

from ..errors import BadRequest, Conflict
from ..upstreams import Json
from .run import Run, Span


class Submission:
    """Outputs that somebody has handed over, and the answer that is owed for them."""

    def __init__(self, run: Run, outputs: Sequence[Json]) -> None:
        self.outputs = outputs
        self.calls = call_ids(outputs)
        self._run = run
        # Done once the upstream has taken them, with the stream that it began, or None if that is
        # not to be had; or with the upstream's refusal.
        self.answer: asyncio.Future[Span | None] = asyncio.get_running_loop().create_future()

    def accept(self, span: Span | None) -> None:
        if not self.answer.done():
            # In the same breath: the next round may be asked for before any callback has run.
            self._run.answered.setdefault(self.calls, None)
            self.answer.set_result(span)

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # Whoever handed them over may have gone.
            self.answer.exception()


class Handover:
    """One place: the driver waits for outputs, and one caller puts them there."""

    def __init__(self, run: Run) -> None:
        self._run = run
        # What the driver waits for; None while it does not wait.  A run that another process has
        # left waiting takes outputs before its driver comes to ask for them.
        self._wanted: asyncio.Future[Submission | None] | None = (
            _new_future() if run.status == "requires_action" else None
        )
        # What the driver is handing to the upstream.
        self._under_way: Submission | None = None

    async def submit(self, outputs: Sequence[Json]) -> Span | None:
        """Returns once the upstream has taken the outputs; a repeat returns with the first.

        Raises BadRequest if outputs are missing or not asked for, Conflict if the run does not
        wait for any, and the upstream's refusal.
        """
        calls = call_ids(outputs)
        is_wanted = self._wanted is not None and not self._wanted.done()
        if is_wanted and (calls == self._required() or calls not in self._run.answered):
            self._check(calls)
            return await asyncio.shield(self._put(outputs).answer)
        if self._under_way is not None and self._under_way.calls == calls:
            return await asyncio.shield(self._under_way.answer)
        return answered(self._run, outputs)

    async def wait(self) -> Submission | None:
        """For the driver: the next outputs, or None if it was woken without any."""
        self._wanted = self._wanted or _new_future()
        try:
            return await self._wanted
        finally:
            self._wanted = None

    def wake(self) -> None:
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    def close(self) -> None:
        """Nobody is left waiting when the run has ended."""
        if self._under_way is not None:
            self._under_way.refuse(Conflict(f"run {self._run.id} has ended"))

    def _put(self, outputs: Sequence[Json]) -> Submission:
        self._under_way = Submission(self._run, outputs)
        if self._wanted is not None:
            self._wanted.set_result(self._under_way)
        return self._under_way

    def _check(self, calls: frozenset[str]) -> None:
        required = self._required()
        for call in sorted(required - calls):
            raise BadRequest(f"the output of tool call {call} is missing", param="tool_outputs")
        for call in sorted(calls - required):
            raise BadRequest(f"no tool call {call} is open", param="tool_outputs")

    def _required(self) -> frozenset[str]:
        action = (self._run.required_action or {}).get("submit_tool_outputs")
        calls = action.get("tool_calls") if isinstance(action, dict) else None
        entries = calls if isinstance(calls, list) else []
        return frozenset(str(c["id"]) for c in entries if isinstance(c, dict) and "id" in c)


def _new_future() -> asyncio.Future[Submission | None]:
    return asyncio.get_running_loop().create_future()


def answered(run: Run, outputs: Sequence[Json]) -> Span | None:
    """The stream that these outputs began, if the upstream has taken them.  Raises Conflict."""
    calls = call_ids(outputs)
    if calls not in run.answered:
        raise Conflict(f"run {run.id} is not waiting for tool outputs")
    return run.answer_to(calls)


def call_ids(outputs: Sequence[Json]) -> frozenset[str]:
    """Which calls are answered."""
    return frozenset(str(output["tool_call_id"]) for output in outputs)
