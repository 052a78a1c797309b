"""Messages as people post them, as the items of a conversation."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..errors import BadRequest
from . import Json

# The part that a server takes, or None for one that cannot be said to it.
_Writer: TypeAlias = Callable[[Json], Json | None]


def item_of(body: Json) -> dict[str, Any]:
    """The item of a message as it is posted.  Raises BadRequest for what no item can say."""
    content = body.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or ()
    files = [_file(attachment) for attachment in body.get("attachments") or ()]
    return {
        "type": "message",
        "role": body.get("role", "user"),
        "content": [*map(_part, parts), *files],
    }


def _part(part: Json) -> Json:
    write = _PARTS.get(str(part.get("type")))
    written = write(part) if write else None
    if written is None:
        kind = part.get("type")
        raise BadRequest(f"a part of type {kind!r} like this cannot be sent", param="content")
    return written


def _text(part: Json) -> Json | None:
    """Posted as plain text, but given back as an object: both are taken."""
    text = part.get("text")
    text = text.get("value") if isinstance(text, Mapping) else text
    return {"type": "input_text", "text": text} if isinstance(text, str) else None


def _image(key: str, name: str) -> _Writer:
    def write(part: Json) -> Json | None:
        image = part.get(key)
        if not isinstance(image, Mapping) or not isinstance(image.get(name), str):
            return None
        place = "image_url" if name == "url" else name
        return {"type": "input_image", place: image[name], "detail": image.get("detail") or "auto"}

    return write


def _as_it_is(part: Json) -> Json:
    return part


def _file(attachment: Json) -> Json:
    file_id = attachment.get("file_id")
    if not isinstance(file_id, str):
        raise BadRequest("an attachment needs a `file_id`", param="attachments")
    return {"type": "input_file", "file_id": file_id}


_PARTS: Mapping[str, _Writer] = {
    "text": _text,
    "input_text": _text,
    "image_url": _image("image_url", "url"),
    "image_file": _image("image_file", "file_id"),
    "input_image": _as_it_is,
    "input_file": _as_it_is,
}
