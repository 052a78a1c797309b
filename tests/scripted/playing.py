"""A script played without a server, its calls answered as its recordings answer them."""

from .account import Account
from .acts import first_act, next_act
from .events import Event
from .moves import Script
from .runs import Run
from .stage import Stage


def play(script: Script) -> tuple[Run, list[Event]]:
    account = Account(seed=script.id, scripts={}, stage=Stage(None), now=lambda: 1_780_000_000)
    thread = account.new_thread({"messages": [{"role": "user", "content": script.question}]})
    run = Run(
        id=thread.ids.new("run"),
        thread=thread,
        script=script,
        created_at=thread.now(),
        moves=iter(script.moves),
    )
    thread.runs.append(run)
    events = [*first_act(run)]
    while run.status == "requires_action":
        run.outputs[:] = [call.output for call in run.waiting.values()]
        events += next_act(run)
    return run, events
