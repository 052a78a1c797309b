"""Somebody who reads and writes on the page."""

from dataclasses import dataclass

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.scripted.assistants import ScriptedAssistants


@dataclass
class Reader:
    page: Page
    # What the browser complained about: errors of scripts, and all that the page's policy refused.
    troubles: list[str]

    @classmethod
    async def at(cls, context: BrowserContext, path: str = "/") -> "Reader":
        reader = cls(await context.new_page(), [])
        reader.page.on("console", reader._on_console)
        reader.page.on("pageerror", reader._on_error)
        await reader.page.goto(path)
        return reader

    def _on_console(self, message: ConsoleMessage) -> None:
        # That an address answers 404 is no fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(message.text)

    def _on_error(self, error: Error) -> None:
        self.troubles.append(str(error))

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Message", exact=True)

    @property
    def answers(self) -> Locator:
        return self.page.locator("article[data-role=assistant]")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def activity(self) -> Locator:
        return self.page.locator("#activity")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    async def choose(self, *names: str) -> None:
        """Choose assistants by name, in that order."""
        await self.page.locator("#choose").click()
        boxes = self.page.get_by_role("checkbox")
        await expect(boxes.first).to_be_visible()
        for box in await boxes.all():
            await box.uncheck()
        for name in names:
            await self.page.locator("label", has=self.page.get_by_text(name, exact=True)).click()
        await self.page.keyboard.press("Escape")

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")

    async def ask(self, assistant: str, text: str = "Hello?") -> None:
        await self.choose(assistant)
        await self.say(text)

    async def sees_end(self) -> None:
        """Wait until nothing goes on any more."""
        await expect(self.button("Stop")).to_be_hidden()
        await expect(self.activity).to_have_text("")

    async def sees_answers(self, texts: list[str]) -> None:
        """Wait until the answers are these texts, apart from white space."""
        await expect(self.answers).to_have_count(len(texts))
        for position, text in enumerate(texts):
            answer = self.answers.nth(position).locator(".text")
            await expect(answer).to_have_text(text, use_inner_text=True)


def answers_at(server: ScriptedAssistants) -> list[str]:
    """What the assistants have said so far, as the upstream holds it."""
    (thread,) = server.account.threads.values()
    return [
        "".join(part.get("text", {}).get("value", "") for part in message.content)
        for message in thread.messages
        if message.role == "assistant"
    ]
