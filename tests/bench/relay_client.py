"""What the benchmark asks of the relay, besides following."""

import json
import time
from http.client import HTTPConnection
from typing import Any

from .lab import BenchError

END_SECONDS = 15.0


class RelayClient:
    def __init__(self, port: int) -> None:
        self._port = port
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
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", f"/threads/{thread}/events?last_event_id=earliest")
            response = connection.getresponse()
            cursor = b""
            while line := response.readline():
                if line.startswith(b"id:"):
                    cursor = line[3:].strip()
                elif mark in line:
                    return cursor.decode()
        finally:
            connection.close()
        raise BenchError(f"the feed ended before event {number}")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"} if body else {}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status not in (200, 201):
            raise BenchError(f"{method} {path}: {response.status} {answer[:300].decode()}")
        return json.loads(answer)
