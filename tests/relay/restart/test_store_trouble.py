"""A store in trouble in mid-answer, and two relays that both have somebody who follows."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.relay.event_streams import PATIENCE_SECONDS, Sent, is_terminal, statuses
from tests.relay.stores.conftest import StartRedis, start_redis
from tests.relay.stores.redis_server import RedisServer
from tests.scripted.responses import ScriptedResponses
from tests.scripted.stage import Hold

from .conftest import StartKilled
from .killing import Killed, Steadfast
from .test_killed import assert_reload_is, ended, numbers, responses_settings

__all__ = ["start_redis"]

only_redis = pytest.mark.parametrize("store", ["redis"], indirect=True)


class Watched:
    """A run that is held in mid-answer, and a follower of it at each of two relays."""

    def __init__(self, relays: Sequence[Killed], thread_id: str, hold: Hold) -> None:
        self.relays = relays
        self.thread_id = thread_id
        self.hold = hold
        self.followers = [Steadfast(relay, thread_id=thread_id) for relay in relays]
        self._following = [
            asyncio.create_task(follower.follow(is_terminal)) for follower in self.followers
        ]

    @classmethod
    async def begun(
        cls, start: StartKilled, server: ScriptedResponses, **settings: str
    ) -> "Watched":
        relays = [await start(**responses_settings(server), **settings) for _ in range(2)]
        hold = server.hold(after_event=20)
        watched = cls(relays, await relays[0].new_thread(), hold)
        await relays[0].start(watched.thread_id, "default")
        for follower in watched.followers:
            await follower.until(15)
        return watched

    async def seen(self) -> list[Sent]:
        """Up to the last frame of the run; the same by both."""
        one, other = await asyncio.gather(*self._following)
        assert [frame.raw for frame in one] == [frame.raw for frame in other]
        return one

    async def assert_all_is_well_again(self) -> None:
        """A run at each relay, and a reload that is what was watched from first to last."""
        self.hold.release()
        for relay in self.relays:
            run_id = await relay.start(self.thread_id, "default")
            for follower in self.followers:
                frames = await follower.follow(ended(run_id))
                assert statuses(frames, run_id) == ["in_progress", "completed"]
        for relay, follower in zip(self.relays, self.followers, strict=True):
            await assert_reload_is(relay, self.thread_id, follower.frames)


@contextmanager
def no_memory(server: RedisServer) -> Iterator[None]:
    server.do("CONFIG", "SET", "maxmemory", 1)
    try:
        yield
    finally:
        server.do("CONFIG", "SET", "maxmemory", 0)


@contextmanager
def no_disk(relays: Sequence[Killed], path: Path) -> Iterator[None]:
    """Whatever the relays write beyond what is there fails."""
    for relay in relays:
        relay.limit_files(path.stat().st_size)
    yield
    for relay in relays:
        relay.limit_files(None)


async def test_a_run_ends_in_a_clear_frame_once_a_store_that_is_full_has_room(
    scripted_responses: ScriptedResponses,
    start_killed: StartKilled,
    store: str,
    redis_server: RedisServer,
    tmp_path: Path,
) -> None:
    watched = await Watched.begun(start_killed, scripted_responses, RELAY_PING_SECONDS="0.5")
    relays, wal = watched.relays, tmp_path / "relay.db-wal"

    with no_memory(redis_server) if store.startswith("redis") else no_disk(relays, wal):
        watched.hold.advance()
        # What cannot be kept is ended upstream.
        while not scripted_responses.received("responses.cancel"):
            await relays[0].get("/healthz")
        trouble = await relays[0].get("/readyz")
        # Long enough for the relay to look, more than once, for what it could leave to another.
        async with relays[0].follow(watched.thread_id) as feed:
            for _ in range(3):
                await feed.until(lambda frame: frame.event == "relay.ping")
    frames = await watched.seen()

    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "store_failed"
    assert numbers(frames) == list(range(20))
    assert trouble.status == 503
    await watched.assert_all_is_well_again()


@only_redis
async def test_a_run_goes_on_over_a_restart_of_redis(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, start_redis: StartRedis
) -> None:
    server = start_redis("--appendonly", "yes", "--appendfsync", "always")
    watched = await Watched.begun(start_killed, scripted_responses, RELAY_STORE=server.url)

    server.kill()
    watched.hold.release()
    server.start()
    frames = await watched.seen()

    assert statuses(frames) == ["in_progress", "completed"]
    assert numbers(frames) == list(range(len(scripted_responses.responses[0].events)))
    await watched.assert_all_is_well_again()


@only_redis
async def test_whoever_follows_a_run_is_told_when_redis_was_flushed(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, redis_server: RedisServer
) -> None:
    watched = await Watched.begun(start_killed, scripted_responses)
    for follower in watched.followers:
        await follower.until(21)

    redis_server.do("FLUSHALL")
    watched.hold.release()
    frames = await watched.seen()

    assert [frame.event for frame in frames].index("relay.gap") == 21
    assert statuses(frames) == ["in_progress", "failed"]
    assert frames[-1].data["last_error"]["code"] == "store_failed"
    for relay in watched.relays:
        run_id = await relay.start(watched.thread_id, "default")
        after = await Steadfast(relay, thread_id=watched.thread_id).follow(ended(run_id))
        assert statuses(after, run_id) == ["in_progress", "completed"]


@only_redis
async def test_silence_is_broken_while_redis_stands_still(
    scripted_responses: ScriptedResponses, start_killed: StartKilled, redis_server: RedisServer
) -> None:
    watched = await Watched.begun(start_killed, scripted_responses, RELAY_PING_SECONDS="0.5")

    async with watched.relays[0].follow(watched.thread_id) as feed:
        await feed.until(lambda frame: frame.event == "relay.ping")
        redis_server.stand_still()
        async with asyncio.timeout(PATIENCE_SECONDS):
            pings = [(await feed.next()).event for _ in range(5)]
        redis_server.go_on()
    watched.hold.release()
    frames = await watched.seen()

    assert pings == ["relay.ping"] * 5
    assert statuses(frames) == ["in_progress", "completed"]
    await watched.assert_all_is_well_again()
