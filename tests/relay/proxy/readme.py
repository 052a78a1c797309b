"""The files that the README shows."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def block(language: str) -> str:
    """The one block of a language."""
    [found] = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text())
    return str(found)
