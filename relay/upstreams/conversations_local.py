"""Threads as conversations that the relay keeps, for servers that keep none."""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..listing import list_object
from ..logs import Note, Notes
from ..settings import Settings
from . import Json, Page, Watched
from .fresh_ids import fresh_id
from .history import history
from .items_as_messages import messages_of_items
from .refusing import refused
from .responses_calls import call_id_of, calls_of
from .responses_items import item_of

# What of a run tells whose its messages are, and how they ended.
_OF_RUN = ("id", "assistant_id", "created_at", "incomplete_details")


class LocalConversations:
    """Each note is the thread itself, an item, or a message that was broken off.

    A note of an item says in `run` who put it out; the ids that servers give are kept inside, since
    not all of them tell items apart.
    """

    def __init__(self, settings: Settings, notes: Notes) -> None:
        self._notes = notes
        self._history_max = settings.history_max
        # What is stored can be asked for later, which nobody does here.
        self._store = {} if settings.runs_in_background else {"store": False}

    async def create(self, body: Json) -> Json:
        items = [_posted(message) for message in body.get("messages") or ()]
        thread_id, metadata = fresh_id("conv_"), body.get("metadata") or {}
        thread = {"id": thread_id, "created_at": int(time.time()), "metadata": metadata}
        await self._notes.put(thread_id, [thread, *items])
        return _thread(thread_id, thread)

    async def retrieve(self, thread_id: str) -> Json:
        notes = await self._read(thread_id)
        return _thread(thread_id, notes[0])

    async def messages(self, thread_id: str, page: Page) -> Json:
        found = _messages(await self._read(thread_id), thread_id)
        if page.order == "desc":
            found.reverse()
        if page.after:
            places = [n for n, message in enumerate(found) if message["id"] == page.after]
            if not places:
                raise refused(400, f"No message found with id '{page.after}'.", "after")
            found = found[places[0] + 1 :]
        return list_object(found, page.limit, more=False)

    async def add_message(self, thread_id: str, body: Json) -> Json:
        await self._read(thread_id)
        note = _posted(body)
        await self._notes.put(thread_id, [note])
        return _messages([note], thread_id)[0]

    async def add(self, thread_id: str, items: Sequence[Json]) -> None:
        await self._notes.put(
            thread_id, [{"id": fresh_id("item_"), "item": item} for item in items]
        )

    async def items(self, thread_id: str) -> Sequence[Json]:
        return [note["item"] for note in await self._read(thread_id) if "item" in note]

    async def parameters(self, thread_id: str, run_id: str | None, items: Sequence[Json]) -> Json:
        notes = await self._read(thread_id)
        return {**self._store, "input": history(notes, items, run_id, self._history_max)}

    async def accepted(self, thread_id: str, items: Sequence[Json]) -> None:
        await self.add(thread_id, items)

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        whose = {key: run.get(key) for key in _OF_RUN} | {"status": _status(run)}
        finished = [
            {"id": f"{run['id']}.{one['response_id']}.{one['output_index']}", "run": whose, **one}
            for one in items
        ]
        heard = {call_id_of(one["item"]) for one in items}
        # The server's answer told of them, where their stream had broken off.
        calls = [
            {"id": f"{run['id']}.{call_id_of(call)}", "run": whose, "item": call}
            for call in calls_of(run)
            if call_id_of(call) not in heard
        ]
        told = {one["item"].get("id") for one in items}
        # Broken off, or from a server that never says of an item that it is done.
        others = [
            {"id": message["id"], "message": _closed(message, run)}
            for message in reversed(await messages())
            if message["id"] not in told
        ]
        await self._notes.put(run["thread_id"], _as_put_out([*finished, *others, *calls], run))

    async def _read(self, thread_id: str) -> Sequence[Note]:
        notes = await self._notes.read(thread_id)
        if not notes:
            raise refused(
                404,
                f"No thread found with id '{thread_id}'. The relay keeps threads itself here, for "
                "as long as its store does: create a new one.",
            )
        # What was broken off may have come as a whole after all.
        items = {note["item"].get("id") for note in notes if "item" in note}
        return [note for note in notes if "message" not in note or note["id"] not in items]


def _thread(thread_id: str, note: Note) -> Json:
    """The note of the thread, or else, once that is gone, its oldest item."""
    whose = note.get("run", note)
    return {
        "id": thread_id,
        "object": "thread",
        "created_at": note.get("created_at", whose.get("created_at")),
        "metadata": note.get("metadata") if note["id"] == thread_id else {},
        "tool_resources": {},
    }


def _posted(body: Json) -> dict[str, Any]:
    told = {"created_at": int(time.time()), "metadata": body.get("metadata") or {}}
    message_id = fresh_id("msg_")
    item = {"id": message_id, "status": "completed", **item_of(body), **told}
    return {"id": message_id, "item": item, "created_at": told["created_at"]}


def _messages(notes: Sequence[Note], thread_id: str) -> list[dict[str, Any]]:
    """Oldest first."""
    found: list[dict[str, Any]] = []
    for note in notes:
        if "message" in note:
            found.append(note["message"])
        elif "item" in note:
            output = {key: note.get(key) for key in ("response_id", "output_index", "item")}
            runs = [{**note["run"], "output": [output]}] if "run" in note else []
            found += messages_of_items([note["item"]], thread_id, runs)
    return found


def _as_put_out(notes: Sequence[Note], run: Json) -> Sequence[Note]:
    """In the order in which a run began them; an item may be done before one that began earlier."""
    responses = {response_id: number for number, response_id in enumerate(run["upstream_ids"])}

    def place(note: Note) -> tuple[float, float]:
        origin = note.get("message", note)
        index = origin.get("output_index")
        response = responses.get(origin.get("response_id"), math.inf)
        return response, math.inf if index is None else index

    return sorted(notes, key=place)


def _status(run: Json) -> str:
    """How the run will end, as far as that can be told when its stream has ended."""
    if run.get("incomplete_details"):
        return "incomplete"
    if run.get("status") == "cancelling":
        return "cancelled"
    return "failed" if run.get("last_error") else "in_progress"


def _closed(message: Json, run: Json) -> Json:
    """What was broken off is all that there will be of it."""
    if message.get("status") != "in_progress":
        return message
    reason = "run_cancelled" if _status(run) == "cancelled" else "run_failed"
    parts = [
        {key: value for key, value in part.items() if key != "index"}
        for part in message["content"]
        if isinstance(part, Mapping)
    ]
    ending = {"status": "incomplete", "incomplete_details": {"reason": reason}}
    return {**message, "content": parts, **ending}
