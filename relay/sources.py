"""Where settings come from: flags, then the environment, then `.env`."""

import difflib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import SettingsError
from .settings import Settings

PREFIX = "RELAY_"
ENV_FILE = ".env"

_logger = logging.getLogger(__name__)


class _LoadedSettings(BaseSettings, Settings):
    # "ignore", since `.env` may hold what is meant for other programs.  An empty variable is an
    # unset one: `RELAY_TOKEN=` must not make the empty text a secret.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
    )


def variable(setting: str) -> str:
    """The environment variable of a setting: RELAY_PORT for `port`."""
    alias = Settings.model_fields[setting].validation_alias
    return alias if isinstance(alias, str) else PREFIX + setting.upper()


def flag(setting: str) -> str:
    """The flag of a setting: `--max-body-bytes` for `max_body_bytes`."""
    return "--" + setting.replace("_", "-")


def load_settings(flags: Mapping[str, Any]) -> Settings:
    """Raise SettingsError, one line that names what is wrong.

    A misspelt name in `.env` is an error, since that file is ours; one in the environment may be
    another program's, so it is a warning.
    """
    try:
        in_file = dotenv_values(ENV_FILE, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{ENV_FILE} cannot be read: {error}") from None
    for complaint in _unknown(in_file):
        raise SettingsError(f"{ENV_FILE}: {complaint}")
    for complaint in _unknown(os.environ):
        _logger.warning("%s", complaint)
    try:
        return _LoadedSettings(**flags)
    except ValidationError as error:
        raise SettingsError("; ".join(_complaints(error, flags))) from None


def _unknown(names: Iterable[str]) -> Iterator[str]:
    known = [variable(setting) for setting in Settings.model_fields]
    for name in names:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            yield f"{name} is no setting" + (f"; is {near[0]} meant?" if near else "")


def _complaints(error: ValidationError, flags: Mapping[str, Any]) -> Iterator[str]:
    settings = {variable(setting): setting for setting in Settings.model_fields}
    for problem in error.errors(include_url=False, include_context=False):
        text = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            yield text
            continue
        loc = str(problem["loc"][0])
        setting = settings.get(loc, loc)
        yield f"{flag(setting) if setting in flags else variable(setting)}: {text}"
