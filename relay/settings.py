"""The settings: what they are called, what they default to, and what each is for.

Reads nothing itself, so that tests and other programs say all they mean; `sources` does.
"""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import NoDecode

from .places import recordings_folder

Seconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count: TypeAlias = Annotated[int, Field(ge=1)]


def _upstream_by_key(data: Mapping[str, Any]) -> Literal["replay", "responses"]:
    return "responses" if data.get("openai_api_key") else "replay"


def _store(store: str) -> str:
    if store != "memory:" and not re.fullmatch(r"sqlite:.+|rediss?://.+", store):
        raise ValueError("use `memory:`, `sqlite:PATH` or `redis://HOST:PORT/NUMBER`")
    return store


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _paths(value: object) -> object:
    return (value,) if isinstance(value, str | Path) else value


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        if not re.fullmatch(r"https?://[^/?#\s*]+", origin):
            raise ValueError(f"{origin!r} is no origin; write it like https://example.org")
    return tuple(origin.lower() for origin in origins)


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _not_empty(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and not secret.get_secret_value().strip():
        raise ValueError("it is empty")
    return secret


Names: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Secret: TypeAlias = Annotated[SecretStr | None, AfterValidator(_not_empty)]
UpstreamName: TypeAlias = Literal["replay", "assistants", "responses"]


class Settings(BaseModel):
    """All settings, checked.  `port` is RELAY_PORT and `--port`, and so on."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, populate_by_name=True
    )

    openai_api_key: Secret = Field(
        default=None,
        validation_alias="OPENAI_API_KEY",
        description="key of the upstream; any text where it asks for none",
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias="OPENAI_BASE_URL",
        pattern=r"^https?://[^\s/]+",
        description="address of the upstream, up to and without `/threads` or `/responses`; "
        "OpenAI's own by default",
    )
    upstream: UpstreamName = Field(
        default_factory=_upstream_by_key,
        description="`replay`, `assistants` or `responses`; without it `responses` if there is "
        "an OPENAI_API_KEY, else `replay`",
    )
    upstream_query: str = Field(
        default="", description="query that each upstream request carries, such as `api-version=v1`"
    )

    host: str = Field(default="127.0.0.1", min_length=1, description="address to listen at")
    port: int = Field(
        default=8080, ge=0, le=65535, description="port to listen at; 0 takes a free one"
    )
    workers: Count = Field(
        default=1, description="processes that share the port; more than one need a store"
    )
    hosts: Annotated[Names, AfterValidator(_lower)] = Field(
        default=(),
        description="names that `Host` may have besides loopback ones, separated by commas",
    )
    origins: Annotated[Names, AfterValidator(_origins)] = Field(
        default=(),
        description="origins of other sites whose pages may use the relay, separated by commas",
    )
    token: Secret = Field(
        default=None,
        description="shared secret that every request must carry; needed beyond loopback",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="what is written to standard error: `info` has a line for each run that ends; "
        "also `debug`, `warning`, `error`",
    )

    recordings: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = Field(
        default_factory=lambda: (recordings_folder(),),
        description="folder of recordings (`.sse`); the project's own by default",
    )
    speed: float = Field(
        default=1.0,
        ge=0,
        allow_inf_nan=False,
        description="pace of `replay`: 1 as recorded, 10 ten times as fast, 0 flat out",
    )
    stop_after: Annotated[int | None, Field(ge=1)] = Field(
        default=None,
        description="number of events after which `replay` cuts each stream, to try failure",
    )
    stall_after: Annotated[int | None, Field(ge=1)] = Field(
        default=None,
        description="number of events after which `replay` falls silent, to try failure",
    )
    replay_max_threads: Count = Field(
        default=1000,
        description="threads that `replay` holds; the one unused for longest goes first",
    )
    record: Path | None = Field(default=None, description="folder to record every run into")
    assistants: Path | None = Field(
        default=None,
        description="TOML file of the assistants of the `responses` upstream; without it there is "
        "one, `default`",
    )
    model: str = Field(
        default="gpt-5.4-mini",
        min_length=1,
        description="model of every assistant that names none",
    )
    conversations: Literal["server", "local"] = Field(
        default="server",
        description="`local` keeps the threads of `responses` in the relay, for servers without "
        "Conversations",
    )
    history_max: Count = Field(
        default=100,
        description="items of a `local` thread that a run is sent, at most, the newest ones",
    )
    background: bool | None = Field(
        default=None,
        description="whether a run of `responses` goes on at the server when its stream breaks; "
        "without it, unless `RELAY_CONVERSATIONS` is `local`",
    )
    lock_seconds: Seconds = Field(
        default=20, description="seconds to wait for a conversation that is locked upstream"
    )
    store: Annotated[str, AfterValidator(_store)] = Field(
        default="memory:",
        description="where logs are kept: `memory:`, `sqlite:PATH` or `redis://HOST:PORT/NUMBER`",
    )

    key_ttl: Seconds = Field(
        default=86400, description="seconds that an Idempotency-Key is remembered"
    )
    action_timeout: Seconds = Field(
        default=600, description="seconds that a run waits for its tool outputs before it expires"
    )
    body_timeout: Seconds = Field(
        default=30, description="seconds that the body of a request may take to come"
    )
    connect_timeout: Seconds = Field(default=5, description="seconds to connect to the upstream")
    request_timeout: Seconds = Field(
        default=60, description="seconds until the upstream must have begun to answer"
    )
    stall_timeout: Seconds = Field(
        default=120, description="seconds of silence after which an upstream stream counts as lost"
    )
    end_seconds: Seconds = Field(
        default=5, description="seconds that a stream may stay open after its terminal event"
    )
    cancel_seconds: Seconds = Field(
        default=10, description="seconds to wait for the upstream's own end of a cancelled run"
    )
    settle_seconds: Seconds = Field(
        default=660, description="seconds to ask for a run whose stream broke, until it has ended"
    )
    drain_seconds: float = Field(
        default=5, ge=0, allow_inf_nan=False, description="seconds that runs get to end at shutdown"
    )

    queue_max: Count = Field(default=100, description="runs that may wait on one thread")
    max_body_bytes: Count = Field(
        default=1024 * 1024, description="bytes of a request's body, at most"
    )
    max_frame_bytes: Count = Field(
        default=8 * 1024 * 1024,
        description="bytes of one upstream frame; a longer one ends the run",
    )
    log_max_events: Count = Field(default=20_000, description="frames kept per thread, at most")
    log_max_bytes: Count = Field(
        default=16 * 1024 * 1024, description="bytes kept per thread, at most"
    )
    claim_seconds: Seconds = Field(
        default=10,
        description="seconds after which the runs of a relay that has died are another one's, "
        "where they share a store",
    )
    log_max_age_seconds: Seconds = Field(
        default=604_800,
        description="seconds that frames are kept in a store that outlives the process",
    )
    notes_max_age_seconds: Seconds = Field(
        default=7_776_000,
        description="seconds that runs, and what only the relay knows of messages, are kept there",
    )
    log_idle_seconds: Seconds = Field(
        default=900,
        description="seconds after which the log of an unused thread is dropped; at most 60 with a "
        "store that outlives the process, which still has it",
    )
    max_threads: Count = Field(
        default=10_000,
        description="threads whose logs are kept; the one unused for longest goes first",
    )
    max_followers: Count = Field(default=10_000, description="event streams that are open at once")
    follower_buffer_bytes: Count = Field(
        default=64 * 1024,
        description="bytes waiting for a follower before it is served from the log; looked at "
        "every second, and every 8 KiB",
    )
    slow_follower_seconds: Seconds = Field(
        default=60, description="seconds that a follower may take to read what waits for it"
    )
    ping_seconds: Seconds = Field(
        default=15, description="seconds of silence before a `relay.ping`"
    )

    @model_validator(mode="after")
    def _has_a_store_to_share(self) -> Self:
        if self.workers > 1 and self.store == "memory:":
            raise ValueError(
                "RELAY_WORKERS is more than 1, but RELAY_STORE is `memory:`, which processes "
                "cannot share: use `sqlite:PATH` or `redis://…`"
            )
        if self.workers > 1 and self.upstream == "replay":
            raise ValueError(
                "RELAY_WORKERS is more than 1, but `replay` keeps its threads in one process"
            )
        return self

    @model_validator(mode="after")
    def _has_a_server_to_ask(self) -> Self:
        if self.upstream == "assistants" and not self.openai_base_url:
            raise ValueError(
                "OPENAI_BASE_URL is not set: OpenAI's own Assistants API ended on 2026-08-26, so "
                "`assistants` needs the address of a server that speaks it"
            )
        if self.upstream != "replay" and not self.openai_api_key:
            raise ValueError(
                "OPENAI_API_KEY is not set; any text will do where the server asks for none"
            )
        return self

    @property
    def runs_in_background(self) -> bool:
        """Whether `responses` asks for runs that outlive their streams."""
        return self.conversations == "server" if self.background is None else self.background

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the relay."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
