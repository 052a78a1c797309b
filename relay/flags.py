"""The command line: what it takes, and the flags, one for each setting."""

import argparse
from collections.abc import Sequence
from importlib import metadata
from typing import Any, NoReturn

from .settings import Settings
from .sources import flag, variable

_ABOUT = "Forward OpenAI runs to browsers over EventSource."


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong; the usage, with all its flags, would hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"thread-relay: {message}; see thread-relay --help\n")


def parse(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, dict[str, Any]]:
    """What was asked for, and the settings given as flags."""
    flags = _flags()
    parser = _Parser(prog="thread-relay", description=_ABOUT, parents=[flags], allow_abbrev=False)
    parser.add_argument("--version", action="version", version=version())
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    for name, words in _COMMANDS.items():
        command = commands.add_parser(
            name, help=words, description=words, parents=[flags], allow_abbrev=False
        )
        command.set_defaults(command=name)
        if name == "replay":
            command.add_argument("files", nargs="+", metavar="FILE")
        if name == "record":
            command.add_argument("assistant", metavar="ASSISTANT")
            command.add_argument("message", nargs="+", metavar="MESSAGE")
    asked = parser.parse_args(arguments)
    given = {name: value for name, value in vars(asked).items() if name in Settings.model_fields}
    return asked, given


def version() -> str:
    try:
        return f"thread-relay {metadata.version('thread-relay')}"
    except metadata.PackageNotFoundError:
        return "thread-relay (not installed)"


_COMMANDS = {
    "serve": "serve the relay (the default)",
    "replay": "serve a relay whose assistants are these recordings",
    "record": "run an assistant in a new thread, and write its stream to a file",
}


def _flags() -> _Parser:
    flags = _Parser(add_help=False)
    group = flags.add_argument_group("settings", "each is an environment variable, too")
    for name, setting in Settings.model_fields.items():
        words = f"{setting.description} ({variable(name)})".replace("%", "%%")
        group.add_argument(
            flag(name), dest=name, default=argparse.SUPPRESS, metavar="…", help=words
        )
    return flags
