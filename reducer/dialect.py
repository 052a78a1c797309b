"""A dialect is a table: event name -> function.  From tables come the reducers."""

from typing import Final

from .assistants import ASSISTANTS
from .assistants_runs import ASSISTANTS_RUNS
from .relay import RELAY, RELAY_RUNS
from .responses import RESPONSES
from .responses_runs import RESPONSES_RUNS
from .types import Cases, Event, Reducer, State

CASES: Final[Cases] = {**ASSISTANTS, **RESPONSES, **RELAY}
RUN_CASES: Final[Cases] = {**ASSISTANTS_RUNS, **RESPONSES_RUNS, **RELAY_RUNS}


def reducer_for(cases: Cases) -> Reducer:
    """Build the reducer of a dialect.  An event without a case changes nothing."""

    def reduce(state: State, event: Event) -> State:
        name = event.get("event")
        case = cases.get(name) if isinstance(name, str) else None
        return case(state, event.get("data"), event.get("run")) if case else state

    return reduce


reduce: Final = reducer_for(CASES)
reduce_runs: Final = reducer_for(RUN_CASES)
