"""`thread-relay` and `python -m relay`."""

import sys
from collections.abc import Sequence

_WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        # Here, since the reducer is installed without what these need.
        from .command import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in {"relay", "reducer"}:
            raise
        sys.stderr.write(
            f"thread-relay: {error.name} is missing; run: pip install 'thread-relay[server]'\n"
        )
        return _WRONG_USE
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
