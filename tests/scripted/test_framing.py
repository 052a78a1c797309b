"""The same events, framed and written in every way that a server may choose."""

import pytest

from .asking import Asking, events_of
from .assistants import ScriptedAssistants
from .framing import Framing


async def streamed(scripted: ScriptedAssistants, asking: Asking, framing: Framing) -> bytes:
    scripted.manners.framing = framing
    thread_id = await asking.new_thread()
    async with asking.stream(thread_id, "one-word") as response:
        return bytes(await response.read())


@pytest.mark.parametrize("end_of_line", ["\r\n", "\r"])
async def test_lines_end_as_the_framing_says(
    scripted: ScriptedAssistants, asking: Asking, end_of_line: str
) -> None:
    stream = await streamed(scripted, asking, Framing(end_of_line=end_of_line))  # type: ignore[arg-type]

    usual = stream.decode().replace(end_of_line, "\n").encode()
    assert "\n" not in stream.decode().replace("\r\n", "\r")
    assert len(events_of(usual)) == 12


@pytest.mark.parametrize("size", [1, 7])
async def test_small_writes_change_no_byte(
    scripted: ScriptedAssistants, asking: Asking, size: int
) -> None:
    stream = await streamed(scripted, asking, Framing(write_bytes=size))

    assert len(events_of(stream)) == 12


async def test_names_are_left_out(scripted: ScriptedAssistants, asking: Asking) -> None:
    stream = await streamed(scripted, asking, Framing(names=False))

    assert stream.count(b"data: ") == 12
    assert b"event:" not in stream


async def test_a_chatty_server_sends_lines_of_every_kind(
    scripted: ScriptedAssistants, asking: Asking
) -> None:
    stream = await streamed(scripted, asking, Framing(chatty=True, byte_order_mark=True))

    assert stream.startswith(b"\xef\xbb\xbf: frame 1\nid: 1\nretry: 1\nevent: thread.run.created\n")


@pytest.mark.parametrize(("asked", "answered"), [("gzip", "gzip"), ("identity", None)])
async def test_a_stream_is_compressed_only_for_who_asks(
    scripted: ScriptedAssistants, asking: Asking, asked: str, answered: str | None
) -> None:
    scripted.manners.gzip = True
    thread_id = await asking.new_thread()

    async with asking.stream(thread_id, "one-word", **{"Accept-Encoding": asked}) as response:
        stream = await response.read()

    assert response.headers.get("Content-Encoding") == answered
    assert len(events_of(stream)) == 12
