"""Several processes that share one port and one store."""

import logging
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import TypeAlias

from .serve import BACKLOG, cannot_listen, check, say_where
from .settings import Settings

_logger = logging.getLogger(__name__)

# A process that ends sooner has not come to serve: another one would not either.
_SHORTEST_LIFE_SECONDS = 10.0

# What all get to end once they are told to, beyond what their runs get.
_LEAVE_SECONDS = 15.0

_Work: TypeAlias = Callable[[Settings, socket.socket], None]


def serve_workers(settings: Settings, work: _Work) -> int:
    """Until SIGTERM or SIGINT; a process that dies is replaced.  The exit status."""
    check(settings)
    with _listening(settings) as listening:
        say_where(settings, listening.getsockname()[1])
        return _Crew(settings, listening, work).serve()


class _Crew:
    def __init__(self, settings: Settings, listening: socket.socket, work: _Work) -> None:
        self._settings = settings
        self._listening = listening
        self._work = work
        # What a process inherits by a fork is more than it should: each begins afresh.
        self._context = multiprocessing.get_context("spawn")
        # When each began, in monotonic seconds.
        self._processes: dict[BaseProcess, float] = {}
        self._is_stopping = False
        # Written to when a signal comes, so that a wait ends.
        self._woken, self._wake = socket.socketpair()

    def serve(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop())
        for _ in range(self._settings.workers):
            self._hire()
        status = 0
        while not self._is_stopping and status == 0:
            wait([self._woken, *(process.sentinel for process in self._processes)])
            status = self._replace()
        self._dismiss()
        return status

    def _hire(self) -> None:
        process = self._context.Process(target=self._work, args=(self._settings, self._listening))
        process.start()
        self._processes[process] = time.monotonic()

    def _replace(self) -> int:
        """The status of a process that cannot serve; else 0."""
        for process, began in list(self._processes.items()):
            if process.is_alive() or self._is_stopping:
                continue
            del self._processes[process]
            if time.monotonic() - began < _SHORTEST_LIFE_SECONDS:
                return process.exitcode or 1
            _logger.error("a process ended with %s: another takes its place", process.exitcode)
            self._hire()
        return 0

    def _stop(self) -> None:
        self._is_stopping = True
        self._wake.send(b"\0")

    def _dismiss(self) -> None:
        for process in self._processes:
            process.terminate()
        end = time.monotonic() + self._settings.drain_seconds + _LEAVE_SECONDS
        for process in self._processes:
            process.join(max(0.0, end - time.monotonic()))
            process.kill()
            process.join()


def _listening(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise cannot_listen(settings, error) from None
