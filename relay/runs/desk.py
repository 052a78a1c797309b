"""What is asked of a thread is done by the relay that has it, whichever relay was asked."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any, TypeAlias

from ..errors import ClaimLost, RelayError
from ..logs import Note, Store
from ..upstreams import Json
from .elsewhere import Elsewhere, told_of
from .request import RunRequest
from .run import Run, Span
from .thread import Thread
from .threads import Threads
from .tool_outputs import call_ids

_logger = logging.getLogger(__name__)

# How often the inbox is looked into, and a thread is tried that nobody seems to have.
_LOOK_SECONDS = 0.05
_TRIES = 5

_Doing: TypeAlias = Callable[[Thread, Any], Awaitable[Any]]


class Desk:
    def __init__(self, store: Store, threads: Threads, limit_seconds: float) -> None:
        self._store = store
        self._threads = threads
        self._elsewhere = Elsewhere(store, limit_seconds)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, thread: Thread, request: RunRequest) -> Run:
        """As `Thread.start`, and what other relays raise, as ForwardedError."""
        with self._threads.held(thread):
            if await self._has(thread):
                return await thread.start(request)
            # Should it be asked for twice, it is started once.
            request = replace(request, key=request.key or secrets.token_urlsafe(12))
            run_id = await self._ask(thread, "start", asdict(request))
            return thread.book.run(run_id)

    async def add_message(self, thread: Thread, body: Json) -> Json:
        """As `Thread.add_message`."""
        with self._threads.held(thread):
            if await self._has(thread):
                return await thread.add_message(body)
            message: Json = await self._ask(thread, "message", body)
            return message

    async def submit(self, thread: Thread, run: Run, outputs: Sequence[Json]) -> Span | None:
        """As `Thread.submit`."""
        with self._threads.held(thread):
            if await self._has(thread):
                return await thread.submit(run, outputs)
            await self._ask(thread, "submit", {"run_id": run.id, "outputs": outputs})
            return run.answer_to(call_ids(outputs))

    async def cancel(self, thread: Thread, run: Run, *, queued: bool) -> None:
        """As `Thread.cancel`."""
        with self._threads.held(thread):
            if await self._has(thread):
                await thread.cancel(run, queued=queued)
            else:
                await self._ask(thread, "cancel", {"run_id": run.id, "queued": queued})

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While it is entered, what other relays ask is done."""
        task = asyncio.create_task(self._look()) if self._store.is_durable else None
        try:
            yield
        finally:
            tasks = [*self._tasks, *([task] if task else [])]
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _has(self, thread: Thread) -> bool:
        try:
            await thread.book.own()
        except ClaimLost:
            return False
        return True

    async def _ask(self, thread: Thread, kind: str, body: Mapping[str, Any]) -> Any:
        for _ in range(_TRIES):
            try:
                is_once = kind in _ONCE
                result = await self._elsewhere.ask(thread.id, kind, body, is_once=is_once)
            except LookupError:
                # Whoever had it is gone: then it is done here.
                if await self._has(thread):
                    return await _DOINGS[kind](thread, body)
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                await thread.refresh()
                return result
        raise ClaimLost(f"thread {thread.id} passes from one relay to the next: try again")

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                for request in await self._store.take():
                    task = asyncio.create_task(self._carry_out(request))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            except RelayError as error:
                _logger.warning("what other relays ask could not be looked for: %s", error)
            except Exception:
                _logger.exception("what other relays ask could not be looked for")

    async def _carry_out(self, request: Note) -> None:
        try:
            thread = await self._threads.open(request["thread_id"])
            with self._threads.held(thread):
                # Without it nothing is answered: whoever asked sees that, and asks who has it.
                if await self._has(thread) and await self._elsewhere.begin(request):
                    await self._elsewhere.answer(request, await self._told(thread, request))
        except RelayError as error:
            _logger.warning("another relay is not answered: %s", error)

    async def _told(self, thread: Thread, request: Note) -> Note:
        try:
            return {"result": await _DOINGS[request["kind"]](thread, request["body"])}
        except RelayError as error:
            return told_of(error)
        except Exception:
            _logger.exception("what another relay asked of thread %s failed", thread.id)
            return told_of(RelayError("the relay failed"))


async def _start(thread: Thread, body: Any) -> str:
    return (await thread.start(RunRequest(**body))).id


async def _message(thread: Thread, body: Any) -> Json:
    return await thread.add_message(body)


async def _submit(thread: Thread, body: Any) -> None:
    await thread.submit(thread.book.run(body["run_id"]), body["outputs"])


async def _cancel(thread: Thread, body: Any) -> None:
    await thread.cancel(thread.book.run(body["run_id"]), queued=body["queued"])


# Of all others nothing comes when they are done again.
_ONCE = frozenset({"message"})

_DOINGS: Mapping[str, _Doing] = {
    "start": _start,
    "message": _message,
    "submit": _submit,
    "cancel": _cancel,
}
