"""Reaches a Redis, and says in one line what is wrong with it."""

import logging
from collections.abc import Mapping

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from ..errors import StoreFailed
from . import redis_claim_scripts, redis_scripts
from .redis_lua import Script
from .redis_set import DataSet, pack
from .redis_wire import hang_up, one_line

logger = logging.getLogger(__name__)

_SCRIPTS = [
    value
    for module in (redis_scripts, redis_claim_scripts)
    for value in vars(module).values()
    if isinstance(value, Script)
]
_OLDEST_VERSION = 5


class Server:
    """Where the data set is.  The message of no error holds the URL: a password may stand in it."""

    def __init__(self, url: str, data_set: DataSet, connect_seconds: float) -> None:
        self._data_set = data_set
        try:
            self._pool = ConnectionPool.from_url(
                url,
                protocol=2,
                socket_timeout=None,
                socket_connect_timeout=connect_seconds,
                retry=Retry(NoBackoff(), 0),
                driver_info=None,
            )
        except (ValueError, TypeError, RedisError):
            raise StoreFailed("RELAY_STORE: no address of a Redis") from None

    async def _reach(self) -> AbstractConnection:
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            await hang_up(connection)
            raise
        return connection

    async def connect(self) -> AbstractConnection:
        """A connection that knows the scripts, to a data set that is known."""
        connection = await self._reach()
        try:
            loads = [pack(b"SCRIPT", b"LOAD", script.text.encode()) for script in _SCRIPTS]
            await connection.send_packed_command([*loads, pack(*self._data_set.enter())])
            for _ in loads:
                await connection.read_response()
            self._data_set.entered(await connection.read_response())
        except BaseException:
            await hang_up(connection)
            raise
        return connection

    async def check(self) -> None:
        """Before it is used.  Raises StoreFailed."""
        try:
            connection = await self._reach()
        except AuthenticationError as error:
            raise StoreFailed(f"Redis refuses the login: {one_line(error)}") from None
        except (RedisError, OSError) as error:
            raise StoreFailed(f"Redis cannot be reached: {one_line(error)}") from None
        try:
            await connection.send_packed_command([pack(b"INFO")])
            said = read_info(await connection.read_response())
        except AuthenticationError as error:
            raise StoreFailed(f"Redis refuses the login: {one_line(error)}") from None
        except ResponseError as error:
            logger.warning("Redis does not say how it is set up: %s", one_line(error))
            return
        except (RedisError, OSError) as error:
            raise StoreFailed(f"Redis cannot be reached: {one_line(error)}") from None
        finally:
            await hang_up(connection)
        for is_wrong, wrong in _faults(said):
            if is_wrong:
                raise StoreFailed(wrong)


def read_info(reply: bytes) -> Mapping[str, str]:
    lines = reply.decode(errors="replace").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _faults(said: Mapping[str, str]) -> list[tuple[bool, str]]:
    version = said.get("redis_version", "")
    policy = said.get("maxmemory_policy", "noeviction")
    return [
        (
            version.partition(".")[0].isdigit()
            and int(version.partition(".")[0]) < _OLDEST_VERSION,
            f"Redis {version} has no streams; {_OLDEST_VERSION}.0 is needed",
        ),
        (
            policy != "noeviction",
            f"Redis may drop what is kept: set maxmemory-policy to noeviction (it is {policy})",
        ),
        (said.get("redis_mode") == "cluster", "a Redis cluster cannot be used; one server can"),
        (said.get("role") == "slave", "this Redis is a replica; its primary is needed"),
    ]
