"""The files that answers name: some are uploads, some were made in a container."""

from collections.abc import Mapping

from ..files import CHART, FIELD_GUIDE, FILES, GARDEN_BOOK, TABLE, File

CONTAINER = "cntr_HoneyHarvest000000000001"

__all__ = [
    "CHART", "CONTAINER", "CONTAINER_FILES", "FIELD_GUIDE", "FILES", "GARDEN_BOOK", "HONEY_CHART",
    "HONEY_TABLE", "File",
]  # fmt: skip

HONEY_CHART = File(
    "cfile_HoneyByMonthChart00000001", "honey.png", "image/png", "container", CHART.content
)
HONEY_TABLE = File(
    "cfile_HoneyByMonthTable00000002", "honey.csv", "text/csv", "container", TABLE.content
)

CONTAINER_FILES: Mapping[tuple[str, str], File] = {
    (CONTAINER, file.id): file for file in (HONEY_CHART, HONEY_TABLE)
}
