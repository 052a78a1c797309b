"""The command line: what it takes, and the flags, one for each setting."""

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
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
    parser = _Parser(
        prog="thread-relay",
        usage="thread-relay [COMMAND] [--SETTING VALUE …]",
        description=_ABOUT,
        parents=[flags],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=version())
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    for name, words in _COMMANDS.items():
        command = commands.add_parser(
            name,
            usage=f"thread-relay {name} {_PLACES[name]} [--SETTING VALUE …]",
            help=words,
            description=words,
            parents=[flags],
            allow_abbrev=False,
        )
        command.set_defaults(command=name)
        for place in _PLACES[name].split():
            several = place.endswith("…")
            command.add_argument(place.rstrip("…").lower(), nargs="+" if several else None)
    arguments = sys.argv[1:] if arguments is None else arguments
    for misspelt in _unknown_flags(arguments):
        parser.error(misspelt)
    asked = parser.parse_args(arguments)
    given = {name: value for name, value in vars(asked).items() if name in Settings.model_fields}
    return asked, given


def version() -> str:
    try:
        return f"thread-relay {metadata.version('thread-relay')}"
    except metadata.PackageNotFoundError:
        return "thread-relay, from a checkout"


_COMMANDS = {
    "serve": "serve the relay (the default)",
    "replay": "serve a relay whose assistants are these recordings",
    "record": "run an assistant in a new thread, and write its stream to a file",
}


def _unknown_flags(arguments: Sequence[str]) -> Iterator[str]:
    """argparse would take the value of an unknown flag for a command, and complain about that."""
    known = ["--help", "--version", *map(flag, Settings.model_fields)]
    for name in (argument.partition("=")[0] for argument in arguments):
        if name.startswith("--") and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            yield f"{name} is no flag" + (f", is {near[0]} meant?" if near else "")


# What follows a command; "…" where there may be several.
_PLACES = {"serve": "", "replay": "FILE…", "record": "ASSISTANT MESSAGE…"}


def _flags() -> _Parser:
    flags = _Parser(add_help=False)
    group = flags.add_argument_group("settings", "each is an environment variable, too")
    for name, setting in Settings.model_fields.items():
        words = f"{setting.description} ({variable(name)})".replace("%", "%%")
        group.add_argument(
            flag(name), dest=name, default=argparse.SUPPRESS, metavar="…", help=words
        )
    return flags
