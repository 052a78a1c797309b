"""A relay's store in a process of its own, to be killed:

    python -m tests.relay.stores.process ADDRESS THREAD LEASE_SECONDS WRITERS

It takes the thread, or only follows it if another relay has it, and says `held`.  Once it is sent a
line, so many writers append for ever, each the frames of a run of its own.  What arrives is written
out as it would be to a follower, and of what was lost up to where.
"""

import asyncio
import sys

from relay.logs import Block, Log

from .addresses import Limits, store_at


def tell(block: Block, _run_id: str | None) -> None:
    sys.stdout.buffer.write(block.data)
    sys.stdout.buffer.flush()


def tell_lost(log: Log) -> None:
    sys.stdout.buffer.write(b"lost %d\n\n" % log.trimmed)
    sys.stdout.buffer.flush()


async def write(log: Log, run_id: str) -> None:
    number = 0
    while True:
        number += 1
        await log.append([b"data: %b %d" % (run_id.encode(), number)], run_id)


async def hold(address: str, thread_id: str, lease_seconds: float, writers: int) -> None:
    store = store_at(address, Limits(lease_seconds=lease_seconds))
    await store.start()
    await store.claim(thread_id)
    log = await store.open(thread_id, tell, lambda: tell_lost(log))
    sys.stdout.buffer.write(b"held %d\n" % log.last)
    sys.stdout.buffer.flush()
    await asyncio.to_thread(sys.stdin.readline)
    async with asyncio.TaskGroup() as group:
        for number in range(writers):
            group.create_task(write(log, f"run_{number}"))


if __name__ == "__main__":
    address, thread_id, lease_seconds, writers = sys.argv[1:]
    asyncio.run(hold(address, thread_id, float(lease_seconds), int(writers)))
