"""The parts of an item's content, as a message has them."""

from collections.abc import Mapping
from typing import Any, Final

from .shape import is_object
from .types import Json

_TEXTS: Final = ("output_text", "input_text", "text", "summary_text")
_IMAGES: Final = ("input_image", "computer_screenshot")
_MEDIA: Final[Mapping[str, str]] = {
    "png": "image/png",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}


def parts_of(content: Any) -> list[Json]:
    """The parts of a content, which may be just a text; a file is no part but attached."""
    if isinstance(content, str):
        return [text_part(content)]
    parts = content if isinstance(content, list) else []
    return [part_of(part) for part in parts if is_object(part) and not _is_file(part)]


def attachments_in(content: Any) -> list[Json]:
    """The files that come with a message."""
    parts = content if isinstance(content, list) else []
    files = [part for part in parts if is_object(part) and _is_file(part)]
    return [{"file_id": part["file_id"], "tools": []} for part in files]


def part_of(part: Json) -> Json:
    """One part.  What has no word in a message is as it was sent."""
    kind, text = part.get("type"), part.get("text")
    if kind in _TEXTS and not is_object(text):
        annotations = part.get("annotations")
        return text_part(
            text if isinstance(text, str) else "",
            annotations if isinstance(annotations, list) else [],
        )
    if kind == "refusal":
        refusal = part.get("refusal")
        return {"type": "refusal", "refusal": refusal if isinstance(refusal, str) else ""}
    image = _image_part(part) if kind in _IMAGES else None
    return image or {name: value for name, value in part.items() if name != "logprobs"}


def text_part(value: str, annotations: Any = ()) -> Json:
    """A part that is text."""
    return {"type": "text", "text": {"value": value, "annotations": [*annotations]}}


def generated_image_part(result: str, output_format: Any) -> Json:
    """A part that is an image, all of it in its URL."""
    is_known = isinstance(output_format, str) and output_format in _MEDIA
    media = _MEDIA[output_format] if is_known else "image/png"
    return {"type": "image_url", "image_url": {"url": f"data:{media};base64,{result}"}}


def _image_part(part: Json) -> Json | None:
    detail = {"detail": part["detail"]} if isinstance(part.get("detail"), str) else {}
    if isinstance(part.get("image_url"), str):
        return {"type": "image_url", "image_url": {"url": part["image_url"], **detail}}
    if isinstance(part.get("file_id"), str):
        return {"type": "image_file", "image_file": {"file_id": part["file_id"], **detail}}
    return None


def _is_file(part: Json) -> bool:
    return part.get("type") == "input_file" and isinstance(part.get("file_id"), str)
