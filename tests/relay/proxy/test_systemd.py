"""The unit of the README starts what there is, with settings that there are."""

import re
import tomllib
from configparser import ConfigParser

from relay.settings import Settings
from relay.sources import variable

from .readme import ROOT, block


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(block("ini"))
    return parser


def test_it_starts_the_command_that_the_package_installs() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    path, *arguments = unit()["Service"]["ExecStart"].split()

    assert path.rpartition("/")[2] in scripts
    assert arguments == ["serve"]


def test_its_settings_are_settings_and_its_file_is_where_it_may_write() -> None:
    service = unit()["Service"]

    name, _, value = service["Environment"].partition("=")

    assert name in map(variable, Settings.model_fields)
    assert Settings(store=value).store.startswith("sqlite:/var/lib/thread-relay/")
    assert service["StateDirectory"] == "thread-relay"


def test_a_relay_has_its_time_to_drain_and_is_told_once() -> None:
    service = unit()["Service"]

    assert int(service["TimeoutStopSec"]) > 2 * Settings().drain_seconds
    assert service["KillMode"] == "mixed"


def test_a_wrong_setting_is_not_tried_again_and_again() -> None:
    command = (ROOT / "relay/command.py").read_text()

    [status] = re.findall(r"_FAILED, _WRONG_USE, _INTERRUPTED = 1, (\d), 130", command)

    assert unit()["Service"]["RestartPreventExitStatus"] == status
