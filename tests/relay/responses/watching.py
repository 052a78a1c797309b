"""What was watched, and what a reload shows."""

from collections.abc import Sequence
from typing import Any

from tests.relay.event_streams import Sent, folded
from tests.relay.relays import Relay

# What a reload must tell as it was watched.
TOLD = ("id", "role", "status", "content", "assistant_id", "run_id", "incomplete_details")


def told(messages: Sequence[Any]) -> list[dict[str, Any]]:
    return [{key: message.get(key) for key in TOLD} for message in messages]


def text_of(message: Any) -> str:
    return "".join(part["text"]["value"] for part in message["content"] if part["type"] == "text")


async def watched(
    relay: Relay, thread_id: str, assistant_id: str = "plain-text", **body: Any
) -> list[Sent]:
    """All frames of a run from its first to its last."""
    async with relay.follow(thread_id) as feed:
        run_id = await relay.start(thread_id, assistant_id, **body)
        return await feed.until_ended(run_id)


async def assert_reload_is(relay: Relay, thread_id: str, frames: Sequence[Sent]) -> None:
    """A reload equals what was watched of all runs of the thread."""
    listed = (await relay.messages(thread_id))["data"]
    seen = folded(frames)
    mine = {message["id"] for message in seen}
    assert told([message for message in listed if message["id"] in mine]) == told(seen)
    assert len(listed) == len(seen) + 1, "the question, and nothing twice"


async def all_pages(relay: Relay, thread_id: str, order: str, limit: int) -> list[Any]:
    found: list[Any] = []
    after, has_more = "", True
    while has_more:
        page = await relay.messages(thread_id, f"?order={order}&limit={limit}{after}")
        found += page["data"]
        after, has_more = f"&after={page['last_id']}", page["has_more"]
        assert page["data"], "a page that promises more is not empty"
        assert len(found) < 100, "no message comes again and again"
    return found
