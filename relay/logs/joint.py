"""Reads that many make at the same time are made once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from ..logs import Block

# How long a part of a log that several have asked for is at hand for those who come a little later.
_SECONDS = 0.1


class Joint:
    """A thousand followers that come back all at once read the same parts of the same log.

    A question must name all that the answer depends on: what has arrived, what was trimmed.
    """

    def __init__(self) -> None:
        self._reads: dict[Hashable, asyncio.Task[Block]] = {}
        # Those that more than one has asked for.
        self._shared: set[Hashable] = set()

    async def read(
        self, question: Hashable, read: Callable[[], Coroutine[Any, Any, Block]]
    ) -> Block:
        task = self._reads.get(question)
        if task is None:
            task = self._reads[question] = asyncio.create_task(read())
            task.add_done_callback(lambda done: self._answered(question, done))
        else:
            self._shared.add(question)
        # Whoever asked first may go: others wait for the same.
        return await asyncio.shield(task)

    def _answered(self, question: Hashable, task: asyncio.Task[Block]) -> None:
        # A failure concerns nobody but those who wait for it, if they still do.
        has_failed = task.cancelled() or task.exception() is not None
        if has_failed or question not in self._shared or not task.result().data:
            self._forget(question)
        else:
            asyncio.get_running_loop().call_later(_SECONDS, self._forget, question)

    def _forget(self, question: Hashable) -> None:
        del self._reads[question]
        self._shared.discard(question)
