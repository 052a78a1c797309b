"""What is checked before a Redis is used: one line says what is wrong with it."""

import logging

import pytest

from relay.errors import StoreFailed
from relay.logs.redis import RedisStore

from .conftest import StartRedis
from .redis_relays import relay_at
from .redis_server import free_port


async def refusal(url: str) -> str:
    store = RedisStore(url, 10, 1000)
    with pytest.raises(StoreFailed) as refused:
        await store.start()
    await store.close()
    text = str(refused.value)
    assert "\n" not in text
    return text


async def test_a_redis_that_is_not_there_is_named_as_the_trouble() -> None:
    assert "cannot be reached" in await refusal(f"redis://:secret@127.0.0.1:{free_port()}/0")


async def test_a_redis_that_may_drop_what_is_kept_is_refused(start_redis: StartRedis) -> None:
    server = start_redis("--maxmemory-policy", "allkeys-lru")

    text = await refusal(server.url)

    assert "noeviction" in text
    assert "allkeys-lru" in text


async def test_a_cluster_is_refused(start_redis: StartRedis) -> None:
    server = start_redis("--cluster-enabled", "yes")

    assert "cluster" in await refusal(server.url)


async def test_a_replica_is_refused(start_redis: StartRedis) -> None:
    server = start_redis("--replicaof", "127.0.0.1", str(free_port()))

    assert "replica" in await refusal(server.url)


@pytest.mark.parametrize("login", ["", ":wrong-secret@", "somebody:wrong-secret@"])
async def test_a_wrong_login_is_told_without_the_password(
    start_redis: StartRedis, login: str
) -> None:
    server = start_redis()
    server.do("CONFIG", "SET", "requirepass", "right-secret")

    text = await refusal(server.url.replace("//", f"//{login}"))

    assert "login" in text
    assert "secret" not in text


async def test_the_right_password_opens_it(start_redis: StartRedis) -> None:
    server = start_redis()
    server.do("CONFIG", "SET", "requirepass", "right-secret")
    server.url = server.url.replace("//", "//:right-secret@")

    async with relay_at(server) as store:
        assert await store.claim("thread_1")


async def test_what_is_no_address_is_refused_without_being_repeated() -> None:
    with pytest.raises(StoreFailed) as refused:
        RedisStore("redis://:secret@127.0.0.1:port/0", 10, 1000)

    assert "secret" not in str(refused.value)


async def test_a_redis_that_does_not_say_how_it_is_set_up_is_used_with_a_warning(
    start_redis: StartRedis, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_redis()
    server.do("ACL", "SETUSER", "default", "-info")

    with caplog.at_level(logging.WARNING):
        async with relay_at(server) as store:
            claimed = await store.claim("thread_1")

    assert claimed
    assert "how it is set up" in caplog.text
