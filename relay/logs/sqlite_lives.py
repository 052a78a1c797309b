"""Signs of life: a small file for each relay beside the database, locked for as long as it lives.

The system frees the lock of a process that dies, however it dies.  So others need not wait until
its claims run out; they do where files cannot be locked.
"""

import os
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Life:
    """Of this relay."""

    def __init__(self, path: str, relay: int) -> None:
        self._path = _sign(path, relay)
        self._file: int | None = None
        if fcntl is not None:
            with suppress(OSError):
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def end(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            # Gone before it is free: nobody takes it for the sign of a death.
            self._path.unlink(missing_ok=True)
            os.close(file)


def has_died(path: str, relay: int) -> bool:
    """Whether a relay is dead for certain."""
    if fcntl is None:
        return False
    try:
        file = os.open(_sign(path, relay), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def bury(path: str, relay: int) -> None:
    with suppress(OSError):
        _sign(path, relay).unlink()


def _sign(path: str, relay: int) -> Path:
    return Path(f"{path}-relay-{relay:x}")
