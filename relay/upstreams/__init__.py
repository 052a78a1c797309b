"""What the relay needs of an upstream.  Only this package knows OpenAI."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = Mapping[str, Any]

# One upstream stream: entering it starts it, and returns once the upstream has
# accepted (2xx headers); what comes out are its raw bytes, cut anywhere.
Stream: TypeAlias = AbstractAsyncContextManager[AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starts a run: the parts of the request that the upstream is told."""

    thread_id: str
    assistant_id: str
    metadata: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which messages of a thread: as in `GET /threads/{t}/messages`."""

    limit: int = 20
    order: str = "desc"
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file's content as it comes; `size` is in bytes where the upstream tells it."""

    content_type: str
    filename: str
    size: int | None
    chunks: AsyncIterator[bytes]


class Dialect(Protocol):
    """How the frames of an upstream speak about the run that they belong to."""

    def tells(self, name: bytes) -> bool:
        """Whether a frame of this name says something about the run, so that it is parsed."""
        ...

    def read(self, name: str, data: Any) -> Json:
        """What a frame says about the run: none or more of `upstream_id`, `status`,
        `required_action`, `last_error`, `incomplete_details`, `usage`, and `done` (True where the
        stream says that nothing follows).  `status` is the relay's word for it: `in_progress`,
        `requires_action`, `completed`, `incomplete`, `failed`, `cancelled` or `expired`.
        Never raises, whatever the data is.
        """
        ...


class Upstream(Protocol):
    """One of `replay`, `assistants` and `responses`.

    Every method raises UpstreamRefused when the upstream says no (its status, body and request id
    are in the error), and UpstreamLost when it cannot be reached, does not answer in time or
    breaks off; `UpstreamLost.unknown` is true where a request may have been carried out after all.
    """

    # Whether frames are `thread.*`, so that `"stream": true` can pass them to OpenAI's SDKs.
    speaks_threads: bool
    # Whether `Page.before` is understood.
    pages_backwards: bool
    dialect: Dialect

    async def assistants(self) -> Sequence[Json]:
        """`{"id", "name", "description"}` each, in the order to show them."""
        ...

    async def create_thread(self, body: Json) -> Json: ...

    async def retrieve_thread(self, thread_id: str) -> Json: ...

    async def list_messages(self, thread_id: str, page: Page) -> Json:
        """The list object: `{"object", "data", "first_id", "last_id", "has_more"}`."""
        ...

    async def create_message(self, thread_id: str, body: Json) -> Json: ...

    def start_run(self, start: Start) -> Stream: ...

    def submit_tool_outputs(self, thread_id: str, run_id: str, outputs: Sequence[Json]) -> Stream:
        """Go on after `requires_action`; `run_id` is the upstream's id of the run."""
        ...

    async def retrieve_run(self, thread_id: str, run_id: str) -> Json:
        """What `Dialect.read` would say of the run as it is: `status` and so on."""
        ...

    async def run_messages(self, thread_id: str, run_id: str) -> Sequence[Json]:
        """The messages of one run as the upstream holds them, oldest first."""
        ...

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """Ask for it; the run's stream or `retrieve_run` tells when it is done.  A run that has
        ended already is no error.
        """
        ...

    def file_content(self, thread_id: str, file_id: str) -> AbstractAsyncContextManager[File]: ...

    async def close(self) -> None: ...
