"""Cursors: what a browser sends back is read as it was written, or is none."""

import pytest

from relay.logs import Cursor


@pytest.mark.parametrize("text", ["a-0", "0f3-17", f"{'a' * 32}-{'9' * 18}"])
def test_a_cursor_is_read_as_it_was_written(text: str) -> None:
    cursor = Cursor.parse(text)

    assert str(cursor) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "a", "a-", "-1", "a-01", "a-1 ", " a-1", "a-1\n", "A-1", "a--1", "a-1-1", "a-+1",
        "a-1e3", f"a-{'9' * 19}", f"{'a' * 33}-1", "a-\u0661", "\u00e9-1", "a-0x1",
    ],
)  # fmt: skip
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert Cursor.parse(text) is None
