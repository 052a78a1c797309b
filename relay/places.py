"""Where the page and the project's own recordings are: in a checkout, or packed into the wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def web_folder() -> Path:
    """The folder that is served: index.html as the page, all below it under /web/."""
    return _packed_or_beside("_web", "web")


def recordings_folder() -> Path:
    """The recordings that come with the project."""
    return _packed_or_beside("_recordings", "fixtures")


def _packed_or_beside(packed: str, beside: str) -> Path:
    # Only a wheel has the packed folder; pyproject.toml says what goes into it.
    folder = _PACKAGE / packed
    return folder if folder.is_dir() else _PACKAGE.parent / beside
