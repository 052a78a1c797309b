"""What the server does itself: it runs code, searches and draws."""

from ...parts import Json
from ..moves import Spell, Tell, Use

_BEGUN: Json = {"status": "in_progress"}
_ENDED: Json = {"status": "completed"}


def interpret(container: str, code: str, *outputs: Json) -> Use:
    name = "code_interpreter_call"
    steps = (
        Tell(f"{name}.in_progress"),
        Spell("code_interpreter_call_code", ("code",), code, "code"),
        Tell(f"{name}.interpreting", sets={"status": "interpreting"}),
        Tell(f"{name}.completed"),
    )
    begin = {**_BEGUN, "code": "", "container_id": container, "outputs": None}
    return Use(name, begin, steps, {**_ENDED, "outputs": list(outputs)})


def search_files(queries: list[str], results: list[Json] | None = None) -> Use:
    begin = {**_BEGUN, "queries": [], "results": None}
    end = {**_ENDED, "queries": queries, "results": results}
    return Use("file_search_call", begin, _searching("file_search_call"), end)


def search_web(query: str, *, status: str = "completed", is_done: bool = True) -> Use:
    action = {"type": "search", "query": query, "queries": [query]}
    begin = {**_BEGUN, "action": {"type": "search", "query": ""}}
    end = {"status": status, "action": action}
    steps = _searching("web_search_call")
    return Use("web_search_call", begin, steps, end, is_done=is_done)


def _searching(name: str) -> tuple[Tell, ...]:
    return (
        Tell(f"{name}.in_progress"),
        Tell(f"{name}.searching", sets={"status": "searching"}),
        Tell(f"{name}.completed", sets={"status": "completed"}),
    )


def draw(prompt: str, result: str, *partial: str) -> Use:
    """A picture, and what of it can be seen before it is finished."""
    name = "image_generation_call"
    looks = {
        "background": "opaque",
        "output_format": "png",
        "quality": "low",
        "size": "320x200",
    }
    sketches = [
        Tell(
            f"{name}.partial_image",
            {"partial_image_index": index, "partial_image_b64": image, **looks},
        )
        for index, image in enumerate(partial)
    ]
    steps = (Tell(f"{name}.in_progress"), Tell(f"{name}.generating"), *sketches)
    end = {**_ENDED, **looks, "result": result, "revised_prompt": prompt}
    return Use(name, _BEGUN, (*steps, Tell(f"{name}.completed")), end)
