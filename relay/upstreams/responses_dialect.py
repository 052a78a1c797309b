"""How `response.*` frames speak about the run that they belong to."""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from . import Json
from .responses_calls import IsClients, is_clients, open_calls, required_action

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

_ENDS = ("completed", "incomplete", "failed", "cancelled")
_STATUSES: Mapping[Any, str] = {
    "queued": "in_progress",
    "in_progress": "in_progress",
    **{status: status for status in _ENDS},
}
_FAILED = {"code": "server_error", "message": "the upstream failed"}

_Reader: TypeAlias = Callable[[Any], Json]


def response_says(response: Any, status: str | None = None) -> Json:
    """What a response says of its run, but for its calls; `status` counts where it has no own."""
    fields = _object(response)
    said: dict[str, Any] = {"upstream_id": fields["id"]} if _is_id(fields.get("id")) else {}
    own = fields.get("status")
    status = _STATUSES.get(own, status) if isinstance(own, str) else status
    if status:
        said["status"] = status
    if isinstance(fields.get("error"), dict):
        said["last_error"] = _error_of(fields["error"])
    kept = ("incomplete_details", "usage")
    return said | {key: fields[key] for key in kept if isinstance(fields.get(key), dict)}


def with_calls(said: Json, items: Sequence[Json], is_clients: IsClients) -> Json:
    """A response that completed but left calls to the client waits for their outputs."""
    calls = open_calls(items, is_clients) if said.get("status") == "completed" else []
    if not calls:
        return said
    return {**said, "status": "requires_action", "required_action": required_action(calls)}


def finished_items(response: Any) -> list[Json]:
    """The items of a response that is given as a whole."""
    output = _object(response).get("output")
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


class ResponsesDialect:
    """The dialect of the Responses API.  It remembers the items of the run."""

    def __init__(self, is_clients: IsClients = is_clients) -> None:
        self._is_clients = is_clients
        self.items: Sequence[Json] = ()
        # The same by their places: how many responses came before, and the `output_index`.
        self._items: dict[tuple[int, int], Json] = {}
        self._responses = 0
        # The response that is being streamed, and its items by `output_index`: the id that each
        # was added with, and those that are done.  Some servers change ids on every event.
        self._response_id: str | None = None
        self._added: dict[int, str | None] = {}
        self._done: dict[int, Json] = {}
        # What ended the response that is being streamed, if anything has.
        self._end: Json = {}
        self._readers: Mapping[str, _Reader] = {
            "response.created": self._created,
            "response.queued": self._progress,
            "response.in_progress": self._progress,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            **{f"response.{status}": self._ending(status) for status in _ENDS},
            "error": self._error,
            "message": self._nameless,
            "done": self._nameless,
            "": self._nameless,
        }
        self._names = frozenset(name.encode() for name in self._readers)

    def tells(self, name: bytes) -> bool:
        return name in self._names

    def read(self, name: str, data: Any) -> Json:
        reader = self._readers.get(name)
        return reader(data) if reader else {}

    def number(self, data: Any) -> int | None:
        number = _object(data).get("sequence_number")
        # type() and not isinstance(): True is an int too, and no number.
        return number if type(number) is int and number >= 0 else None

    def _created(self, data: Any) -> Json:
        """A response begins, perhaps behind others in the same stream: all counts from here."""
        response = _object(_object(data).get("response"))
        self._response_id = _id(response)
        self._added, self._done, self._end = {}, {}, {}
        self._responses += 1
        return {**self._named(response), "status": "in_progress", "begins": True}

    def _progress(self, data: Any) -> Json:
        return {**self._named(_object(data).get("response")), "status": "in_progress"}

    def _named(self, response: Any) -> Json:
        """The response's id, as it was created with."""
        if self._response_id is None:
            self._response_id = _id(_object(response))
        return {"upstream_id": self._response_id} if _is_id(self._response_id) else {}

    def _item_added(self, data: Any) -> Json:
        place = _place(data)
        if place is not None:
            self._added[place] = _id(_object(_object(data).get("item")))
        return {}

    def _item_done(self, data: Any) -> Json:
        place, item = _place(data), _object(data).get("item")
        if place is not None and isinstance(item, dict):
            self._keep(place, item)
        return {}

    def _keep(self, place: int, item: Json) -> None:
        """An item has the id that it was added with, whatever it is called later."""
        added = self._added.get(place)
        item = {**item, "id": added} if added else item
        self._done[place] = item
        entry = {"response_id": self._response_id, "output_index": place, "item": item}
        self._items[self._responses, place] = entry
        self.items = [entry for _, entry in sorted(self._items.items(), key=itemgetter(0))]

    def _ending(self, name: str) -> _Reader:
        def read(data: Any) -> Json:
            response = _object(_object(data).get("response"))
            said = {**response_says(response, name), **self._named(response)}
            if said["status"] == "in_progress":
                said["status"] = name
            if said["status"] == "failed" and "last_error" not in said:
                said["last_error"] = self._end.get("last_error", _FAILED)
            self._catch_up(finished_items(response))
            self._end = with_calls(said, list(self._done.values()), self._is_clients)
            return self._end

        return read

    def _catch_up(self, output: Sequence[Json]) -> None:
        """Items that never were said to be done; what was done is not in the output everywhere."""
        places = {added: place for place, added in self._added.items() if added}
        is_silent = not self._added and not self._done
        for position, item in enumerate(output):
            place = position if is_silent else places.get(_id(item) or "")
            if place is not None and place not in self._done:
                self._keep(place, item)

    def _error(self, data: Any) -> Json:
        """Flat as documented, or inside `error` as servers send it."""
        fields = _object(data)
        error = fields.get("error")
        self._end = {
            "status": "failed",
            "last_error": _error_of(error if isinstance(error, dict) else fields),
        }
        return self._end

    def _nameless(self, data: Any) -> Json:
        """`[DONE]` from servers that say it, or an error from those that name no event."""
        if isinstance(_object(data).get("error"), dict):
            return self._error(data)
        return {"done": True} if self._end and not isinstance(data, dict) else {}


def _error_of(error: Json) -> Json:
    code = error.get("code") or error.get("type")
    message = error.get("message")
    return {
        "code": code if isinstance(code, str) and code != "error" else _FAILED["code"],
        "message": message if isinstance(message, str) and message else _FAILED["message"],
    }


def _place(data: Any) -> int | None:
    place = _object(data).get("output_index")
    return place if type(place) is int and place >= 0 else None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _id(fields: Json) -> str | None:
    found = fields.get("id")
    return found if isinstance(found, str) else None


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
