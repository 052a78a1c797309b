"""A stream with everything that one may hold, as a recording."""

import json
from pathlib import Path
from typing import Any

STREAM = (
    b": hello\n\nevent: a\ndata: 1\n\n"
    b"data: 2\r\n\r\n"
    b": between\nid: 7\n\ndata: 3\ndata: 4\n\n"
    b"event: none\n\n"
    b"event: b\ndata: [DONE]\n\n"
    b": after all"
)
FRAMES = [
    b": hello\n\nevent: a\ndata: 1\n\n",
    b"data: 2\r\n\r\n",
    b": between\nid: 7\n\ndata: 3\ndata: 4\n\n",
    b"event: none\n\nevent: b\ndata: [DONE]\n\n: after all",
]


def write(folder: Path, name: str, stream: bytes, sidecar: Any = None) -> Path:
    path = folder / f"{name}.sse"
    path.write_bytes(stream)
    if sidecar is not None:
        path.with_suffix(".json").write_text(json.dumps(sidecar), "utf-8")
    return path
