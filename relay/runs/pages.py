"""Pages of a thread beyond the newest one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..notes import kept_upstream
from ..overlay import lay_over
from ..snapshot import Seen
from ..upstreams import Json, Page, Upstream
from .threads import Threads


async def further_page(
    threads: Threads, upstream: Upstream, thread_id: str, page: Page
) -> dict[str, Any]:
    """A list object, in the order that is asked for.

    Raises what the upstream raises.
    """
    if upstream.keeps_runs:
        return dict(await upstream.list_messages(thread_id, page))
    seen = await threads.see(thread_id)
    after = _known_upstream(seen, page)
    listed = dict(await upstream.list_messages(thread_id, replace(page, after=after)))
    if page.order == "desc":
        laid = lay_over(listed, seen, keeps_runs=False, is_newest=after is None)
        return _beyond(laid, page.after)
    # The same from the other end.
    listed["data"] = listed["data"][::-1]
    is_newest = not listed.get("has_more")
    upside_down = {**listed, "has_more": after is not None}
    laid = lay_over(upside_down, seen, keeps_runs=False, is_newest=is_newest)
    return _beyond({**laid, "data": laid["data"][::-1], "has_more": not is_newest}, page.after)


def _known_upstream(seen: Seen, page: Page) -> str | None:
    """The message to go on after: the one that is asked for, or the next one before it that the
    upstream has; None if it has none of them.
    """
    messages = seen.messages if page.order == "desc" else seen.messages[::-1]
    ids = [message["id"] for message in messages]
    if page.after is None or page.after not in ids:
        return page.after
    is_kept = kept_upstream(seen)
    before = messages[: ids.index(page.after) + 1]
    return next((message["id"] for message in reversed(before) if is_kept(message)), None)


def _beyond(page: Json, after: str | None) -> dict[str, Any]:
    """What comes behind a message, should it be among those on the page."""
    data: Sequence[Any] = page["data"]
    ids = [message.get("id") for message in data]
    data = data[ids.index(after) + 1 :] if after in ids else data
    ends = {
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
    return {**page, "data": data, **ends}
