"""Opens the upstream that the settings name."""

from collections.abc import Callable, Mapping

from ..logs import Notes
from ..recording import Recordings
from ..settings import Settings
from . import Upstream


def open_upstream(settings: Settings, recordings: Recordings, items: Notes) -> Upstream:
    """`items` is where an upstream keeps the threads that its server does not."""
    return _UPSTREAMS[settings.upstream](settings, recordings, items)


def _replay(settings: Settings, recordings: Recordings, _items: Notes) -> Upstream:
    from .replay import ReplayUpstream  # noqa: PLC0415

    return ReplayUpstream(settings, recordings)


def _assistants(settings: Settings, _recordings: Recordings, _items: Notes) -> Upstream:
    # OpenAI's SDK takes 0.3 s and 50 MB, which only those pay who use it.
    from .assistants import AssistantsUpstream  # noqa: PLC0415

    return AssistantsUpstream(settings)


def _responses(settings: Settings, _recordings: Recordings, items: Notes) -> Upstream:
    from .responses import ResponsesUpstream  # noqa: PLC0415

    return ResponsesUpstream(settings, items)


_UPSTREAMS: Mapping[str, Callable[[Settings, Recordings, Notes], Upstream]] = {
    "replay": _replay,
    "assistants": _assistants,
    "responses": _responses,
}
