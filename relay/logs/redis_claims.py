"""Which threads this relay drives: a lease of the relay, and a token for each thread."""

import asyncio
import contextlib
from collections.abc import Callable

from ..errors import StoreFailed
from .redis_claim_scripts import CLAIM, ORPHANS, OWNER, RELEASE, RENEW
from .redis_set import evaluate
from .redis_shared import Shared


class Claims:
    """One lease stands for all claims of a relay, so that they are renewed in one breath."""

    def __init__(
        self, shared: Shared, lease_seconds: float, last: Callable[[str], int | None]
    ) -> None:
        self._shared = shared
        # The position of a log's newest frame, if the log is open.
        self._last = last
        self._lease_ms = b"%d" % (lease_seconds * 1000)
        self._pause = lease_seconds / 4
        self.leases = shared.data_set.prefix + b"lease:"
        self._lease = self.leases + shared.relay
        # Set when the data set is another one, which knows of no claim.
        self._is_anew = False
        self._must_renew = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._renew())

    async def close(self) -> None:
        """Others may have its threads at once."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None
        self._shared.tokens.clear()
        with contextlib.suppress(StoreFailed, TimeoutError):
            async with asyncio.timeout(1):
                await self._shared.wire.call((b"DEL", self._lease))

    def start_anew(self) -> None:
        self._is_anew = True
        self._must_renew.set()

    async def take(self, thread_id: str, token: int = 0) -> int | None:
        """The position of the newest frame, if the thread is this relay's now."""
        shared, data_set = self._shared, self._shared.data_set
        last = self._last(thread_id)
        fence, position = await shared.ask_any(
            CLAIM, lambda: (*data_set.thread(thread_id)[:2], self._lease, data_set.used()),
            shared.relay, self._lease_ms, b"" if last is None else b"%d" % last, self.leases,
            thread_id.encode(), b"%d" % token,
        )  # fmt: skip
        if not fence:
            return None
        shared.tokens[thread_id] = fence
        return int(position)

    async def release(self, thread_id: str) -> None:
        token = self._shared.tokens.pop(thread_id, None)
        if token is not None:
            keys = self._shared.data_set.thread(thread_id)[1:2]
            await self._shared.wire.call(evaluate(RELEASE, keys, self._shared.relay, b"%d" % token))

    async def owner(self, thread_id: str) -> str | None:
        shared = self._shared
        owner = await shared.ask_any(
            OWNER, lambda: shared.data_set.thread(thread_id)[:2], self.leases
        )
        return owner.decode() if owner else None

    async def orphans(self) -> list[str]:
        data_set = self._shared.data_set
        runs, _, unfinished = data_set.notes("runs", "")
        found = await self._shared.wire.call(
            evaluate(ORPHANS, (unfinished,), data_set.threads()[0], self.leases, runs)
        )
        return [thread_id.decode() for thread_id in found]

    async def _renew(self) -> None:
        while True:
            self._must_renew.clear()
            with contextlib.suppress(StoreFailed):
                await self._shared.wire.call(evaluate(RENEW, (self._lease,), self._lease_ms))
                if self._is_anew:
                    await self._take_again()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._must_renew.wait()

    async def _take_again(self) -> None:
        """Under the same tokens: what is being appended meanwhile holds them.  A thread that
        another relay has by now is lost, as the next append will say.
        """
        self._is_anew = False
        for thread_id, token in list(self._shared.tokens.items()):
            if self._shared.tokens.get(thread_id) == token:
                await self.take(thread_id, token)
