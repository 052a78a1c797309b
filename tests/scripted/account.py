"""What the server keeps: threads, runs, scripts, and how it behaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .acts import first_act
from .answers import has_active_run, invalid, missing, thread_locked, unknown
from .framing import Framing
from .ids import Ids
from .messages import Message
from .moves import Script
from .parts import Json
from .runs import Run
from .stage import Stage
from .threads import Thread

ROLES = ("user", "assistant")


@dataclass(kw_only=True)
class Manners:
    """How this server behaves.  A test may change it at any time."""

    framing: Framing = field(default_factory=Framing)
    # Whether a stream is compressed for those who say that they can read it.
    gzip: bool = False
    # What a list says of a message that is being written.
    half_finished: Literal["empty", "partial", "absent"] = "empty"
    # Whether a run that is cancelled ends; if not, the answer is kind and nothing happens.
    honours_cancel: bool = True


@dataclass(kw_only=True)
class Account:
    seed: str
    scripts: Mapping[str, Script]
    stage: Stage[Run]
    now: Callable[[], int]
    manners: Manners = field(default_factory=Manners)
    threads: dict[str, Thread] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed)

    def new_thread(self, body: Json) -> Thread:
        thread = Thread(
            id=self.ids.new("thread"),
            created_at=self.now(),
            ids=Ids(f"{self.seed} {len(self.threads)}"),
            now=self.now,
            metadata=body.get("metadata") or {},
        )
        self.threads[thread.id] = thread
        for message in body.get("messages") or []:
            write_message(thread, message)
        return thread

    def thread(self, name: str) -> Thread:
        if name not in self.threads:
            raise unknown("thread", name)
        return self.threads[name]

    def run(self, thread_id: str, name: str) -> Run:
        for run in self.thread(thread_id).runs:
            if run.id == name:
                return run
        raise unknown("run", name)

    def add_message(self, thread: Thread, body: Json) -> Message:
        if run := thread.active_run:
            raise thread_locked(thread, run)
        return write_message(thread, body)

    def new_run(self, thread: Thread, body: Json, *, tells_of_thread: bool = False) -> Run:
        if not isinstance(body.get("assistant_id"), str):
            raise missing("assistant_id")
        script = self.script(body["assistant_id"])
        if active := thread.active_run:
            raise has_active_run(thread, active)
        for message in body.get("additional_messages") or []:
            write_message(thread, message)
        run = Run(
            id=thread.ids.new("run"),
            thread=thread,
            script=script,
            created_at=self.now(),
            moves=iter(script.moves),
            options=body,
            tells_of_thread=tells_of_thread,
        )
        thread.runs.append(run)
        self.stage.start(run, first_act(run))
        return run

    def script(self, name: str) -> Script:
        if name not in self.scripts:
            raise unknown("assistant", name)
        return self.scripts[name]

    def listed(self, thread: Thread) -> list[Message]:
        """The messages that a list shows, oldest first."""
        hides = self.manners.half_finished == "absent"
        return [message for message in thread.messages if not (hides and message.is_open)]

    def wire(self, message: Message) -> Json:
        return message.wire(
            with_content=not message.is_open or self.manners.half_finished == "partial"
        )


def write_message(thread: Thread, body: Json) -> Message:
    if body.get("role") not in ROLES:
        raise invalid("role", body.get("role"))
    if not body.get("content"):
        raise missing("content")
    message = thread.add_user_message(
        _parts(body["content"]), body.get("attachments") or [], body.get("metadata") or {}
    )
    message.role = body["role"]
    return message


def _parts(content: Any) -> list[Json]:
    """The parts of a message from what a client may send: a text, or parts with a plain text."""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise invalid("content", content)
    return [_part(part) for part in parts]


def _part(part: Json) -> Json:
    if part.get("type") == "text":
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    return part
