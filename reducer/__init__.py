"""Folds the events of OpenAI runs into a list of messages, or of runs.  It needs nothing else."""

from .assistants import ASSISTANTS
from .assistants_runs import ASSISTANTS_RUNS
from .context import current_run
from .dialect import reduce, reduce_runs, reducer_for
from .event_reader import EventReader, aread_events, read_events
from .fold import replay
from .items import thread_from_items
from .relay import RELAY, RELAY_RUNS
from .responses import RESPONSES
from .responses_runs import RESPONSES_RUNS
from .thread import messages_of
from .types import Case, Cases, Event, Message, Reducer, Run, Runs, Thread

__all__ = [
    "ASSISTANTS",
    "ASSISTANTS_RUNS",
    "RELAY",
    "RELAY_RUNS",
    "RESPONSES",
    "RESPONSES_RUNS",
    "Case",
    "Cases",
    "Event",
    "EventReader",
    "Message",
    "Reducer",
    "Run",
    "Runs",
    "Thread",
    "aread_events",
    "current_run",
    "messages_of",
    "read_events",
    "reduce",
    "reduce_runs",
    "reducer_for",
    "replay",
    "thread_from_items",
]
