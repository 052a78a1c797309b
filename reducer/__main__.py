"""python -m reducer [FILE…|-] [--runs]: fold recordings and print the list."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .dialect import reduce, reduce_runs
from .event_reader import EventReader
from .fold import replay
from .types import Event


def main(argv: Sequence[str] | None = None) -> int:
    """Fold the recordings one after the other, as streams of one thread."""
    arguments = _parser().parse_args(argv)
    try:
        events = list(_events(arguments.files))
    except OSError as error:
        sys.stderr.write(f"reducer: {error.filename}: {error.strerror}\n")
        return 2
    state = replay(events, [], reduce_runs if arguments.runs else reduce)
    # A lone surrogate has no bytes; its escape is what JSON would say.
    text = json.dumps(state, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
    sys.stdout.buffer.write(text + b"\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reducer", description="Fold recordings and print the thread as JSON."
    )
    parser.add_argument("files", metavar="FILE", nargs="*", default=["-"], help="- is stdin")
    parser.add_argument("--runs", action="store_true", help="print the runs instead")
    return parser


def _events(files: list[str]) -> Iterator[Event]:
    reader = EventReader()
    for file in files:
        yield from reader.feed(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
        yield from reader.end()


if __name__ == "__main__":
    sys.exit(main())
