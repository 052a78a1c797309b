"""The files that scripts speak of: a drawing made here, and texts."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from .parts import Json

_WIDTH, _HEIGHT = 320, 200
_BACKGROUND = bytes((250, 247, 240))
_HONEY = (bytes((240, 180, 41)), bytes((222, 145, 29)))
_BARS = (30, 52, 78, 110, 150, 172, 160, 120, 74, 40)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _pixel(column: int, row: int, shown: int) -> bytes:
    """A row of bars, light and dark in turn, on light paper, up to the column that is shown."""
    bar, offset = divmod(column - 10, 30)
    is_inside = 0 <= bar < len(_BARS) and 4 <= offset < 26 and column < shown
    return _HONEY[bar % 2] if is_inside and row >= _HEIGHT - 12 - _BARS[bar] else _BACKGROUND


def bar_chart(bars: int = len(_BARS)) -> bytes:
    """A small PNG of the first bars, or all."""
    shown = 10 + 30 * bars
    rows = (
        b"\0" + b"".join(_pixel(column, row, shown) for column in range(_WIDTH))
        for row in range(_HEIGHT)
    )
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


@dataclass(frozen=True, slots=True)
class File:
    id: str
    filename: str
    content_type: str
    purpose: str
    content: bytes

    def wire(self) -> Json:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": 1767225600,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
        }


CHART = File(
    "file-HoneyByMonthChart0000001", "honey.png", "image/png", "assistants_output", bar_chart()
)
TABLE = File(
    "file-HoneyByMonthTable0000002",
    "honey.csv",
    "text/csv",
    "assistants_output",
    b"month,kilograms\nMay,5.2\nJune,11.0\nJuly,17.2\nAugust,12.0\n",
)
FIELD_GUIDE = File(
    "file-FieldGuideToBees00000003",
    "field-guide.txt",
    "text/plain; charset=utf-8",
    "assistants",
    b"A honeybee that has found flowers dances when she comes home.\n"
    b"The angle of her dance points the way, its length tells how far it is.\n",
)
GARDEN_BOOK = File(
    "file-GardenersNotebook0000004",
    "garden-notebook.txt",
    "text/plain; charset=utf-8",
    "assistants",
    b"Lavender, thyme and borage are never without bees.\nA shallow dish of water helps too.\n",
)

FILES: Mapping[str, File] = {file.id: file for file in (CHART, TABLE, FIELD_GUIDE, GARDEN_BOOK)}
