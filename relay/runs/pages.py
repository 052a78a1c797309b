"""Pages of a thread beyond the newest one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import UpstreamRefused
from ..listing import list_object
from ..notes import kept_upstream
from ..overlay import lay_over
from ..snapshot import Message, Seen
from ..upstreams import Json, Page, Upstream
from .threads import Threads

# Of how many messages it is tried whether the upstream knows them, before it is read from its end.
_MAX_ANCHORS = 3
_MOST_PER_PAGE = 100


async def further_page(
    threads: Threads, upstream: Upstream, thread_id: str, page: Page
) -> dict[str, Any]:
    """A list object, in the order that is asked for.

    Raises what the upstream raises.
    """
    if upstream.keeps_runs:
        return dict(await upstream.list_messages(thread_id, page))
    seen = await threads.see(thread_id)
    if page.after not in {message["id"] for message in seen.messages}:
        listed = await upstream.list_messages(thread_id, page)
        lay = _lay_below if page.order == "desc" else _lay_above
        return cut(lay(listed, seen, page), page.limit)
    return await _Beyond(upstream, thread_id, page, seen).read()


def _lay_below(listed: Json, seen: Seen, _page: Page) -> dict[str, Any]:
    return _lay(listed, seen, is_newest=False)


def _lay_above(listed: Json, seen: Seen, page: Page) -> dict[str, Any]:
    """The same from the other end."""
    is_newest, is_oldest = not listed.get("has_more"), page.after is None
    if not is_oldest:
        place = _place(seen, listed["data"])
        older = seen.messages if place is None else seen.messages[place + 1 :]
        is_oldest = not any(map(kept_upstream(seen), older))
        is_newest = is_newest and (is_oldest or place is not None)
    upside_down = {**listed, "data": listed["data"][::-1], "has_more": not is_oldest}
    laid = _lay(upside_down, seen, is_newest=is_newest)
    return {**laid, "data": laid["data"][::-1], "has_more": listed.get("has_more")}


def _lay(listed: Json, seen: Seen, *, is_newest: bool) -> dict[str, Any]:
    """What stands right above a listed message is on its page, though the upstream has it not."""
    place = None if is_newest else _place(seen, listed["data"])
    if place is not None:
        is_kept = kept_upstream(seen)
        while place and not is_kept(seen.messages[place - 1]):
            place -= 1
        seen = replace(seen, messages=seen.messages[place:])
    return lay_over(listed, seen, keeps_runs=False, is_newest=is_newest or place is not None)


def _place(seen: Seen, listed: Sequence[Message]) -> int | None:
    """Where the first of the listed messages that were seen stands among these."""
    places = {message["id"]: place for place, message in enumerate(seen.messages)}
    return next((places[one["id"]] for one in listed if one["id"] in places), None)


class _Beyond:
    """The page beyond a message that was seen, whether the upstream knows that one or not."""

    def __init__(self, upstream: Upstream, thread_id: str, page: Page, seen: Seen) -> None:
        self._upstream = upstream
        self._thread_id = thread_id
        self._page = page
        self._seen = seen
        in_order = seen.messages if page.order == "desc" else seen.messages[::-1]
        ids = [message["id"] for message in in_order]
        # What the page is beyond of, the nearest last.
        self._passed = in_order[: ids.index(page.after) + 1]
        # What is listed so far, in the order that is asked for, and whether there is more.
        self._listed: list[Message] = []
        self._has_more = True
        # Whether that begins with one that is passed, and not at the end of the thread.
        self._is_anchored = False

    async def read(self) -> dict[str, Any]:
        last = await self._begin()
        data = self._data()
        while self._has_more and len(data) <= self._page.limit:
            last = await self._list(last, _MOST_PER_PAGE)
            data = self._data()
        return cut({"object": "list", "data": data, "has_more": self._has_more}, self._page.limit)

    async def _begin(self) -> str | None:
        """List beyond the nearest message that the upstream knows, or else from its end."""
        is_kept = kept_upstream(self._seen)
        anchors = [message for message in self._passed[::-1] if is_kept(message)]
        for anchor in anchors[:_MAX_ANCHORS]:
            try:
                last = await self._list(anchor["id"], self._page.limit)
            except UpstreamRefused as refusal:
                if refusal.upstream_status not in {400, 404}:
                    raise
            else:
                self._listed.insert(0, anchor)
                self._is_anchored = True
                return last
        return await self._list(None, self._page.limit)

    async def _list(self, after: str | None, limit: int) -> str | None:
        """One more page of the upstream's; the id to go on after."""
        page = replace(self._page, after=after, limit=limit)
        listed = await self._upstream.list_messages(self._thread_id, page)
        self._listed += listed["data"]
        self._has_more = listed.get("has_more") is True and bool(listed["data"])
        return str(listed["data"][-1]["id"]) if listed["data"] else after

    def _data(self) -> Sequence[Message]:
        """What is known of the page so far."""
        passed = {message["id"] for message in self._passed}
        laid = self._laid()
        places = [place for place, message in enumerate(laid) if message["id"] in passed]
        return laid[places[-1] + 1 :] if places else []

    def _laid(self) -> Sequence[Message]:
        if self._page.order == "desc":
            listed = {"data": self._listed, "has_more": self._has_more}
            return list(_lay(listed, self._seen, is_newest=not self._is_anchored)["data"])
        listed = {"data": self._listed[::-1], "has_more": self._is_anchored}
        return list(_lay(listed, self._seen, is_newest=not self._has_more)["data"][::-1])


def cut(page: Json, limit: int) -> dict[str, Any]:
    """No more than were asked for."""
    return {**page, **list_object(page["data"], limit, more=page["has_more"])}
