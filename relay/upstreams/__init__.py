"""What the relay needs of an upstream.  Only this package knows OpenAI."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = Mapping[str, Any]


class Chunks(Protocol):
    """The raw bytes of a stream, cut anywhere: an iterator that can also be listened to."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def __anext__(self) -> Awaitable[bytes]: ...

    def offer(self, take: Callable[[bytes], bool]) -> None:
        """From here on show each chunk to `take` as it comes, while somebody waits for one: what it
        takes, which it says by True, is not given out.
        """
        ...


# One upstream stream: entering it starts it, and returns once the upstream has
# accepted (2xx headers).
Stream: TypeAlias = AbstractAsyncContextManager[Chunks]

# Tells the messages of a run as they were watched, newest first.
Watched: TypeAlias = Callable[[], Awaitable[Sequence[Json]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starts a run: the parts of the request that the upstream is told, and whose it is."""

    thread_id: str
    assistant_id: str
    metadata: Json | None = None
    # The relay's own id of the run, and when it was created; None where no relay runs it.
    run_id: str | None = None
    created_at: int | None = None


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
    """How the frames of one run speak about it.  It may remember what it heard."""

    # The finished output items of the run, `{"response_id", "output_index", "item"}` each, oldest
    # first, where the upstream does not keep them itself.
    items: Sequence[Json]

    def tells(self, name: bytes) -> bool:
        """Whether a frame of this name says something about the run, so that it is parsed."""
        ...

    def read(self, name: str, data: Any) -> Json:
        """What a frame says about the run: none or more of `upstream_id`, `status`,
        `required_action`, `last_error`, `incomplete_details`, `usage`, `begins` (True where a new
        part of the run begins, so that an end heard before is none), and `done` (True where the
        stream says that nothing follows).  `status` is the relay's word for it: `in_progress`,
        `requires_action`, `completed`, `incomplete`, `failed`, `cancelled` or `expired`.
        Never raises, whatever the data is.
        """
        ...

    def number(self, data: Any) -> int | None:
        """The number of a frame in its stream, where the upstream counts them: they only grow."""
        ...


class Upstream(Protocol):
    """One of `replay`, `assistants` and `responses`.

    A run is told as `relay.run` shows it, with its `metadata`; its newest upstream id is the last
    of `upstream_ids`.

    Every method raises UpstreamRefused when the upstream says no (its status, body and request id
    are in the error), and UpstreamLost when it cannot be reached, does not answer in time or
    breaks off; `UpstreamLost.unknown` is true where a request may have been carried out after all.
    """

    # Whether `Page.before` is understood.
    pages_backwards: bool
    # Whether runs are the upstream's own: then it keeps their status through `requires_action`,
    # whose messages are whose, and the text of one that was cancelled.  Else the relay does.
    keeps_runs: bool
    # Whether a run goes on when its stream breaks, so that it can be asked for.
    outlives_streams: bool

    def speaks_threads(self, assistant_id: str) -> bool:
        """Whether frames are `thread.*`: then `"stream": true` can pass them to OpenAI's SDKs."""
        ...

    def dialect(self, assistant_id: str) -> Dialect:
        """For one run of an assistant."""
        ...

    def check_assistant(self, assistant_id: str) -> None:
        """Raises UpstreamRefused if it is known already that there is none of this id."""
        ...

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

    def submit_tool_outputs(self, run: Json, outputs: Sequence[Json]) -> Stream:
        """Go on after `requires_action`; `required_action` of the run says what was asked for."""
        ...

    def resume_run(self, run: Json, after: int) -> Stream | None:
        """The stream of the run's newest part again, from beyond the frame of this number; frames
        up to it may come once more.  None where that is not to be had.
        """
        ...

    async def retrieve_run(
        self, thread_id: str, upstream_id: str, assistant_id: str | None = None
    ) -> Json:
        """What `Dialect.read` would say of the run as it is: `status` and so on."""
        ...

    async def run_messages(self, run: Json) -> Sequence[Json]:
        """The messages of the run's newest part as the upstream holds them, oldest first."""
        ...

    async def cancel_run(self, thread_id: str, upstream_id: str) -> None:
        """Ask for it; the run's stream or `retrieve_run` tells when it is done.  A run that has
        ended already is no error.
        """
        ...

    async def close_calls(self, run: Json, why: str) -> None:
        """A run ends although calls of it are open: answer them with `why`, so that the thread
        stays usable.  Those that it waits for, if it waits for any; else whatever was left open.
        Asked only where runs are not the upstream's own.
        """
        ...

    async def keep(self, run: Json, items: Sequence[Json], messages: Watched) -> None:
        """A stream of the run has ended, with these items so far.  For an upstream that keeps
        threads in the relay's own store.
        """
        ...

    def file_content(
        self, thread_id: str, file_id: str, container_id: str | None = None
    ) -> AbstractAsyncContextManager[File]: ...

    async def close(self) -> None: ...
