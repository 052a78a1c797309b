"""What is told of a run that has ended: to the log in one line, and to whoever counts."""

import json
import logging
import re
from collections.abc import Sequence

from ..measures import Measures
from .run import Run

logger = logging.getLogger(__name__)

# Ids and codes come from elsewhere: none may end the line, or look like another field of it.
_PLAIN = re.compile(r"[\w.:/@+-]{1,128}", re.ASCII)
_LONGEST = 128


def tell_end(run: Run, measures: Measures) -> None:
    """Ids, how it ended and how long that took; never what was said."""
    first = run.times.first_event_seconds
    measures.runs_ended[run.status] += 1
    if first is not None:
        measures.first_event.add(first)
    fields = {
        "run": _plain(run.id),
        "thread": _plain(run.thread_id),
        "assistant": _plain(run.assistant_id),
        "upstream": _all_plain(run.upstream_ids),
        "status": run.status,
        "error": _plain(str((run.last_error or {}).get("code") or "none")),
        "events": str(_events(run)),
        "seconds": f"{run.times.seconds:.3f}",
        "first_event": "none" if first is None else f"{first:.3f}",
    }
    logger.info("run ended: %s", " ".join(f"{name}={value}" for name, value in fields.items()))


def _events(run: Run) -> int:
    """How many frames its upstream streams have put into the log."""
    return sum(span.last - span.start for span in run.spans if span.last is not None)


def _all_plain(ids: Sequence[str]) -> str:
    return ",".join(map(_plain, ids)) or "none"


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text[:_LONGEST])
