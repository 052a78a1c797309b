"""Settings: where they come from, and that a wrong one is named."""

import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from relay.errors import SettingsError
from relay.settings import Settings
from relay.sources import flag, load_settings, variable

KEY = "sk-test-0123456789abcdef"

WRONG = {
    "a port beyond the last": ("port", "65536"),
    "a port in words": ("port", "http"),
    "a negative time": ("ping_seconds", "-1"),
    "an endless time": ("stall_timeout", "inf"),
    "no followers at all": ("max_followers", "0"),
    "a negative speed": ("speed", "-1"),
    "an unknown upstream": ("upstream", "openai"),
    "a file without a path": ("store", "sqlite:"),
    "an unknown store": ("store", "disk"),
    "conversations nowhere": ("conversations", "elsewhere"),
    "an origin with a path": ("origins", "https://example.org/app"),
    "every origin": ("origins", "*"),
    "an address that is none": ("openai_base_url", "example.org"),
}  # fmt: skip

each_wrong_setting = pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    return tmp_path


@each_wrong_setting
def test_a_wrong_variable_is_named_in_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(name), value)

    with pytest.raises(SettingsError) as error:
        load_settings({})

    assert str(error.value).startswith(f"{variable(name)}: ")
    assert "\n" not in str(error.value)


@each_wrong_setting
def test_a_wrong_flag_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({name: value})

    assert str(error.value).startswith(f"{flag(name)}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    assert Settings.model_fields[name].description


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("RELAY_PORT=1\nRELAY_SPEED=1\nRELAY_QUEUE_MAX=1\n")
    monkeypatch.setenv("RELAY_PORT", "2")
    monkeypatch.setenv("RELAY_SPEED", "2")

    settings = load_settings({"port": "3"})

    assert (settings.port, settings.speed, settings.queue_max) == (3, 2, 1)


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_TOKEN", "")

    settings = load_settings({})

    assert settings.token is None


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^--token: "):
        load_settings({"token": " "})


def test_a_misspelt_name_in_the_file_is_an_error_that_knows_the_right_one(folder: Path) -> None:
    (folder / ".env").write_text("RELAY_PROT=1\n")

    with pytest.raises(SettingsError, match=r"RELAY_PROT is no setting; is RELAY_PORT meant"):
        load_settings({})


def test_a_misspelt_name_in_the_environment_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RELAY_PROT", "1")

    with caplog.at_level(logging.WARNING):
        settings = load_settings({})

    assert settings.port == 8080
    assert "RELAY_PROT" in caplog.text


def test_other_programs_may_use_the_file_too(folder: Path) -> None:
    (folder / ".env").write_text("DATABASE_URL=postgres:\n")

    assert load_settings({}).port == 8080


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / ".env").write_bytes(b"RELAY_PORT=\xff\n")

    with pytest.raises(SettingsError, match=r"^\.env "):
        load_settings({})


def test_names_and_origins_are_lists_separated_by_commas() -> None:
    settings = load_settings({"hosts": "Relay.example, chat", "origins": "https://Example.org"})

    assert settings.hosts == ("relay.example", "chat")
    assert settings.origins == ("https://example.org",)


def test_without_a_key_recordings_are_replayed() -> None:
    assert Settings().upstream == "replay"


def test_with_a_key_alone_responses_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    assert load_settings({}).upstream == "responses"


@pytest.mark.parametrize(
    ("given", "is_in_background"),
    [
        ({}, True),
        ({"conversations": "local"}, False),
        ({"conversations": "local", "background": "true"}, True),
        ({"background": "false"}, False),
    ],
)
def test_runs_are_in_the_background_where_the_server_keeps_conversations(
    given: dict[str, str],
    is_in_background: bool,  # noqa: FBT001  (pytest gives it by name)
) -> None:
    assert load_settings(given).runs_in_background == is_in_background


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"openai_api_key": KEY}, "OPENAI_BASE_URL"),
        ({"openai_base_url": "http://localhost/v1"}, "OPENAI_API_KEY"),
    ],
)
def test_the_assistants_upstream_needs_an_address_and_a_key(
    given: dict[str, str], missing: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{missing} is not set"):
        load_settings({"upstream": "assistants", **given})


def test_secrets_are_not_shown() -> None:
    settings = load_settings({"upstream": "replay", "openai_api_key": KEY, "token": "hush-hush"})

    assert KEY not in repr(settings)
    assert "hush-hush" not in repr(settings)


def test_settings_cannot_change() -> None:
    settings = Settings()

    with pytest.raises(ValidationError):
        settings.port = 1


def test_settings_made_by_a_program_read_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("RELAY_PORT=1\n")
    monkeypatch.setenv("RELAY_PORT", "2")

    assert Settings().port == 8080


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_a_loopback_address_is_taken_for_one(host: str) -> None:
    assert Settings(host=host).is_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "relay.example"])  # noqa: S104
def test_any_other_address_is_not_taken_for_loopback(host: str) -> None:
    assert not Settings(host=host).is_loopback
