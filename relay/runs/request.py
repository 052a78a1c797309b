"""What somebody asks for who starts a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern

from ..upstreams import Json
from .run import Run, with_shared_names
from .times import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What `POST /threads/{t}/runs` asks for."""

    assistant_id: str
    additional_messages: Sequence[Json] = ()
    if_busy: str = "reject"
    metadata: Json | None = None
    # Whether to wait for the run's turn if it is queued.
    waits: bool = False
    # The Idempotency-Key.
    key: str | None = None

    def to_run(self, thread_id: str) -> Run:
        return Run(
            thread_id=thread_id,
            # Runs are many, and the names of assistants are few.
            assistant_id=intern(self.assistant_id),
            metadata=with_shared_names(self.metadata),
            additional_messages=self.additional_messages,
            key=self.key,
            times=Times.of_new(),
        )
