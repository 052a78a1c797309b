"""What the benchmark asks of the relay, besides following."""

import contextlib
import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

from .lab import BenchError

END_SECONDS = 15.0


class RelayClient:
    def __init__(self, port: int, *, is_spread: bool = False) -> None:
        self._port = port
        # Whether each request has a connection of its own, so that any process may get it.
        self._is_spread = is_spread
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        # (thread, run) of each that has been started and not been waited for.
        self._runs: list[tuple[str, str]] = []

    def close(self) -> None:
        self._connection.close()

    def start_run(self, thread: str, spec: str) -> None:
        # The upstream finds the spec wherever it stands in the request that reaches it.
        body = {"assistant_id": "default", "metadata": {"spec": spec}}
        run = self._ask("POST", f"/threads/{thread}/runs", body)
        self._runs.append((thread, run["id"]))

    def wait_for_runs(self) -> None:
        """Every run must end well, else its figures mean nothing."""
        deadline = time.monotonic() + END_SECONDS
        for thread, run_id in self._runs:
            status = ""
            while status != "completed":
                status = self._ask("GET", f"/threads/{thread}/runs/{run_id}")["status"]
                if status not in ("in_progress", "completed") or time.monotonic() > deadline:
                    raise BenchError(f"a run of the relay is {status}, not completed")
                time.sleep(0.01)
        self._runs.clear()

    def cursor_after(self, thread: str, number: int) -> str:
        """The id of the frame that carries a mark (lab/frames.h)."""
        mark = b".%07d@@" % number
        cursor = b""
        for line in self._log(thread):
            if line.startswith(b"id:"):
                cursor = line[3:].strip()
            elif mark in line:
                return cursor.decode()
        raise BenchError(f"the feed ended before event {number}")

    def log_bytes(self, thread: str) -> int:
        """How long the log of a thread is of which all runs have ended."""
        size = 0
        # The last frame tells so; before the first one stands what is not in the log.
        lines = self._log(thread)
        for line in lines:
            size = 0 if line.startswith(b"retry:") else size + len(line)
            if line == b"event: relay.run\n" and b'"completed"' in (data := next(lines)):
                return size + len(data)
        raise BenchError("the feed ended before its run did")

    def _log(self, thread: str) -> Iterator[bytes]:
        """Its lines from the first on; it does not end by itself."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            connection.request("GET", f"/threads/{thread}/events?last_event_id=earliest")
            response = connection.getresponse()
            while line := response.readline():
                yield line

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"} if body else {}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if self._is_spread:
            self._connection.close()
        if response.status not in (200, 201):
            raise BenchError(f"{method} {path}: {response.status} {answer[:300].decode()}")
        return json.loads(answer)
