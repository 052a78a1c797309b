"""A test may hold a run at an event, and watch it go on one by one."""

import pytest

from .asking import Asking
from .assistants import ScriptedAssistants

RUN = {"assistant_id": "plain-text"}


@pytest.mark.parametrize(("after", "count"), [(0, 0), (7, 7), ("thread.message.created", 6)])
async def test_a_run_stands_still_after_its_event(
    scripted: ScriptedAssistants, asking: Asking, after: int | str, count: int
) -> None:
    thread_id = await asking.new_thread()
    hold = scripted.hold(after)

    run = await asking.post(f"/threads/{thread_id}/runs", RUN)
    await hold.reached()
    held = len(scripted.run(run["id"]).events)
    hold.release()
    await scripted.finished(run["id"])

    assert held == count
    assert scripted.run(run["id"]).status == "completed"


async def test_a_held_run_goes_on_event_by_event(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    thread_id = await asking.new_thread()
    hold = scripted.hold(5)
    run = await asking.post(f"/threads/{thread_id}/runs", RUN)
    await hold.reached()
    counts = []

    for _ in range(3):
        hold.advance()
        await hold.reached()
        counts.append(len(scripted.run(run["id"]).events))

    assert counts == [6, 7, 8]


async def test_a_hold_of_one_thread_leaves_the_others_alone(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    held, free = await asking.new_thread(), await asking.new_thread()
    hold = scripted.hold(5, held)

    await asking.post(f"/threads/{held}/runs", RUN)
    run = await asking.post(f"/threads/{free}/runs", RUN)
    await scripted.finished(run["id"])
    await hold.reached()

    assert scripted.run(run["id"]).status == "completed"
    assert scripted.thread(held).runs[0].status == "in_progress"


async def test_a_server_may_promise_to_cancel_and_not_do_it(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    scripted.manners.honours_cancel = False
    thread_id = await asking.new_thread()
    hold = scripted.hold(5)
    run = await asking.post(f"/threads/{thread_id}/runs", RUN)
    await hold.reached()

    answer = await asking.post(f"/threads/{thread_id}/runs/{run['id']}/cancel", {})
    hold.release()
    await scripted.finished(run["id"])

    assert answer["status"] == "cancelling"
    assert scripted.run(run["id"]).status == "completed"
