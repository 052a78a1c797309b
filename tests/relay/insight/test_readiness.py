"""Whether a relay is ready: probes need no leave, and are told no more than a word."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relay.app import drain
from tests.relay.conftest import StartRelay
from tests.relay.relays import Answer, Relay
from tests.relay.stores.redis_server import RedisServer
from tests.scripted.assistants import ScriptedAssistants


async def until(relay: Relay, status: int) -> Answer:
    """Ask until it says so; the test's own limit ends it if it never does."""
    while (answer := await relay.get("/readyz")).status != status:
        pass
    return answer


async def test_a_relay_that_serves_is_ready(relay: Relay) -> None:
    answer = await relay.get("/readyz")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_probes_need_no_token(start_relay: StartRelay) -> None:
    relay = await start_relay(token="correct horse battery staple")

    assert (await relay.get("/readyz")).status == 200
    assert (await relay.ask("HEAD", "/readyz")).status == 200


async def test_a_relay_that_drains_is_neither_well_nor_ready(
    start_relay: StartRelay, scripted: ScriptedAssistants
) -> None:
    relay = await start_relay(drain_seconds=20)
    hold = scripted.hold(12)
    await relay.start(await relay.new_thread())
    await hold.reached()
    draining = asyncio.create_task(drain(relay.app))

    not_ready = await until(relay, 503)
    health = await relay.get("/healthz")
    hold.release()
    await draining

    assert not_ready.json == {"status": "draining"}
    assert (health.status, health.json) == (503, {"status": "draining"})


async def test_a_file_that_is_locked_makes_it_unready_until_it_is_free(
    start_relay: StartRelay, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "relay.db"
    relay = await start_relay(store=f"sqlite:{path}")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        trouble = await until(relay, 503)
        health = await relay.get("/healthz")
        other.execute("ROLLBACK")

        ready = await until(relay, 200)

    assert trouble.json == {"status": "store_failed"}
    assert health.status == 200
    assert ready.json == {"status": "ok"}
    said = [record.message for record in caplog.records if record.name == "relay.readiness"]
    assert len(said) == 2
    assert said[0].startswith("not ready: ")
    assert said[1] == "ready again"


async def test_a_redis_that_is_gone_makes_it_unready_until_it_is_back(
    start_relay: StartRelay, redis: RedisServer
) -> None:
    relay = await start_relay(store=redis.url)
    redis.kill()
    trouble = await until(relay, 503)
    redis.start()

    ready = await until(relay, 200)

    assert trouble.json == {"status": "store_failed"}
    assert ready.json == {"status": "ok"}


async def test_a_redis_without_room_makes_it_unready_although_it_answers(
    start_relay: StartRelay, redis: RedisServer
) -> None:
    relay = await start_relay(store=redis.url)
    redis.do("CONFIG", "SET", "maxmemory", "1")
    trouble = await until(relay, 503)
    redis.do("CONFIG", "SET", "maxmemory", "0")

    ready = await until(relay, 200)

    assert trouble.json == {"status": "store_failed"}
    assert ready.json == {"status": "ok"}
