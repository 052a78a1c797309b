"""Opens the upstream that the settings name."""

from collections.abc import Callable, Mapping

from ..recording import Recordings
from ..settings import Settings
from . import Upstream


def open_upstream(settings: Settings, recordings: Recordings) -> Upstream:
    return _UPSTREAMS[settings.upstream](settings, recordings)


def _replay(settings: Settings, recordings: Recordings) -> Upstream:
    from .replay import ReplayUpstream  # noqa: PLC0415

    return ReplayUpstream(settings, recordings)


def _assistants(settings: Settings, _recordings: Recordings) -> Upstream:
    # OpenAI's SDK takes 0.3 s and 50 MB, which only those pay who use it.
    from .assistants import AssistantsUpstream  # noqa: PLC0415

    return AssistantsUpstream(settings)


_UPSTREAMS: Mapping[str, Callable[[Settings, Recordings], Upstream]] = {
    "replay": _replay,
    "assistants": _assistants,
}
