"""Connections to Redis: all calls that are under way share one, and one round trip."""

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import (
    ClusterDownError,
    MasterDownError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from ..errors import StoreFailed
from .redis_set import pack

Connect = Callable[[], Awaitable[AbstractConnection]]

logger = logging.getLogger(__name__)

# What one round trip may carry: a server does nothing else meanwhile.
_MAX_CALLS = 500
_MAX_BYTES = 1024 * 1024
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 1.0

# Another connection may help: it brings the scripts along, and may find the new primary.
_ELSEWHERE = (NoScriptError, ReadOnlyError, ClusterDownError, MasterDownError, TryAgainError)


class BackOff:
    """Pauses that grow from failure to failure, with jitter: no herd comes back as one."""

    def __init__(self) -> None:
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    async def pause(self, longest: float = _LONGEST_PAUSE_SECONDS) -> None:
        pause = min(_FIRST_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 16)
        await asyncio.sleep(max(0.0, min(pause * random.uniform(0.5, 1), longest)))  # noqa: S311


class Call:
    """A command that has not been answered yet.  With `dated` its last argument is by when."""

    __slots__ = ("args", "dated", "deadline", "future", "was_sent")

    def __init__(self, args: tuple[bytes, ...], deadline: float, *, dated: bool) -> None:
        self.args = args
        self.deadline = deadline
        self.dated = dated
        self.was_sent = False
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Wire:
    """Carries calls in the order in which they were made.

    After a broken connection those without an answer are made again, so each must be such that
    twice is once.  None waits longer than `limit_seconds`: then it fails.
    """

    def __init__(
        self, connect: Connect, server_ms: Callable[[float], float], limit_seconds: float
    ) -> None:
        self._connect = connect
        self._server_ms = server_ms
        self._limit_seconds = limit_seconds
        self._calls: deque[Call] = deque()
        self._called = asyncio.Event()
        self._connection: AbstractConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._trouble = "no answer"
        self._is_closed = False

    def call(self, args: tuple[bytes, ...], *, dated: bool = False) -> asyncio.Future[Any]:
        """Raises StoreFailed, in the future that is given back."""
        loop = asyncio.get_running_loop()
        call = Call(args, loop.time() + self._limit_seconds, dated=dated)
        self._calls.append(call)
        self._called.set()
        if self._is_closed:
            self._fail(self._calls.pop())
            return call.future
        if self._task is None:
            self._task = loop.create_task(self._carry())
        return call.future

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        self._is_closed = True
        self._trouble = "it was closed"
        while self._calls:
            self._fail(self._calls.popleft())
        await self._hang_up()

    async def _carry(self) -> None:
        back_off = BackOff()
        while True:
            self._forget()
            if not self._calls:
                self._called.clear()
                await self._called.wait()
                continue
            try:
                async with asyncio.timeout_at(self._calls[0].deadline):
                    await self._exchange()
                back_off.reset()
            except (RedisError, OSError) as error:
                await self._hang_up()
                # A deadline that has passed is no cause: what was wrong before is.
                if not isinstance(error, TimeoutError):
                    self._trouble = one_line(error)
                self._forget()
                await back_off.pause(self._seconds_left())
            except Exception as error:
                # Whoever waits for an answer must not wait for ever.
                logger.exception("a call to Redis could not be made")
                await self._hang_up()
                self._trouble = one_line(error)
                self._fail(self._calls.popleft())

    async def _exchange(self) -> None:
        """One round trip for as many calls as it may carry."""
        if self._connection is None:
            self._connection = await self._connect()
            self._trouble = "no answer"
        batch: list[Call] = []
        size = 0
        for call in self._calls:
            if len(batch) == _MAX_CALLS or size > _MAX_BYTES:
                break
            if not call.future.done():
                batch.append(call)
                size += sum(map(len, call.args))
        for call in batch:
            call.was_sent = True
        await self._connection.send_packed_command([b"".join(map(self._packed, batch))])
        for call in batch:
            await self._answer(self._connection, call)

    def _packed(self, call: Call) -> bytes:
        if call.dated:
            return pack(*call.args, b"%d" % self._server_ms(call.deadline))
        return pack(*call.args)

    async def _answer(self, connection: AbstractConnection, call: Call) -> None:
        try:
            reply = await connection.read_response()
        except _ELSEWHERE:
            raise
        except ResponseError as error:
            call.fail(refused(error))
            return
        if not call.future.done():
            call.future.set_result(reply)

    def _seconds_left(self) -> float:
        """Until a call must fail."""
        if not self._calls:
            return 0.0
        return self._calls[0].deadline - asyncio.get_running_loop().time()

    def _forget(self) -> None:
        """Those that have been answered, and those whose time is over."""
        while self._calls and self._calls[0].future.done():
            self._calls.popleft()
        while self._calls and self._seconds_left() <= 0:
            self._fail(self._calls.popleft())

    def _fail(self, call: Call) -> None:
        doubt = " (whether it was done is not known)" if call.was_sent else ""
        call.fail(StoreFailed(f"redis failed: {self._trouble}{doubt}"))

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await hang_up(connection)


async def hang_up(connection: AbstractConnection) -> None:
    with contextlib.suppress(RedisError, OSError):
        await connection.disconnect(nowait=True)


@contextlib.asynccontextmanager
async def connected(connect: Connect) -> AsyncIterator[AbstractConnection]:
    connection = await connect()
    try:
        yield connection
    finally:
        await hang_up(connection)


def one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def refused(error: ResponseError) -> StoreFailed:
    return StoreFailed(f"redis refused: {one_line(error)}")
