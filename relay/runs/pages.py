"""Pages of a thread beyond the newest one."""

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
    known = _known_upstream(seen, page)
    listed = await upstream.list_messages(thread_id, replace(page, after=known))
    lay = _lay_from_newest if page.order == "desc" else _lay_from_oldest
    return _cut(lay(listed, seen, page), page.limit)


def _lay_from_newest(listed: Json, seen: Seen, page: Page) -> dict[str, Any]:
    ids = [message["id"] for message in seen.messages]
    if page.after not in ids:
        return lay_over(listed, seen, keeps_runs=False, is_newest=page.after is None)
    older = seen.messages[ids.index(page.after) + 1 :]
    return lay_over(listed, replace(seen, messages=older), keeps_runs=False)


def _lay_from_oldest(listed: Json, seen: Seen, page: Page) -> dict[str, Any]:
    """The same from the other end."""
    is_newest, is_oldest = not listed.get("has_more"), page.after is None
    ids = [message["id"] for message in seen.messages]
    if page.after in ids:
        seen, is_oldest = replace(seen, messages=seen.messages[: ids.index(page.after)]), True
    upside_down = {**listed, "data": listed["data"][::-1], "has_more": not is_oldest}
    laid = lay_over(upside_down, seen, keeps_runs=False, is_newest=is_newest)
    return {**laid, "data": laid["data"][::-1], "has_more": not is_newest}


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


def _cut(page: Json, limit: int) -> dict[str, Any]:
    """No more than were asked for."""
    data = page["data"][:limit]
    return {
        **page,
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": page["has_more"] or len(page["data"]) > limit,
    }
