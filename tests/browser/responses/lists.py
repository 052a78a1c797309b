"""The thread list: as the page has it, and as the relay gives it to whoever loads it anew."""

from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page

# Role, text, status, and whose it is; newest first.
Brief: TypeAlias = list[tuple[str, str, str, str | None]]

# The page's own module, so that this is the list that it shows, and no other.
_HELD = """async (id) => {
    const { loadThread } = await import('/web/index.js')
    const leaving = new AbortController()
    let list = []
    await loadThread(id, (update) => { list = update() }, { signal: leaving.signal })
    leaving.abort()
    return list
}"""
_LOADED = "async (id) => (await (await fetch(`/threads/${id}/messages?limit=100`)).json()).data"


def thread_of(page: Page) -> str:
    [thread_id] = parse_qs(urlsplit(page.url).query)["thread"]
    return thread_id


async def held_by(page: Page) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = await page.evaluate(_HELD, thread_of(page))
    return held


async def loaded_by(page: Page) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = await page.evaluate(_LOADED, thread_of(page))
    return loaded


def brief(messages: list[dict[str, Any]]) -> Brief:
    return [
        (message["role"], text_of(message), message["status"], message["assistant_id"])
        for message in messages
    ]


def text_of(message: dict[str, Any]) -> str:
    parts = (part.get("text", {}).get("value", "") for part in message["content"])
    return "".join(parts)
