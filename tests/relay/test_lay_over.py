"""Where the snapshot puts what the log knows and the upstream's list lacks."""

from typing import Any

import pytest

from relay.logs import Cursor
from relay.overlay import lay_over
from relay.snapshot import Seen


def messages(text: str) -> list[dict[str, Any]]:
    """`a@5` is a message with that id, made in that second; `a!` is in progress."""
    entries = (word.partition("@") for word in text.split())
    return [
        {
            "id": name.rstrip("!"),
            "created_at": int(time or 0),
            "status": "in_progress" if name.endswith("!") else "completed",
            "content": [],
        }
        for name, _, time in entries
    ]


def laid(listed: str, seen: str, *, has_more: bool = False) -> str:
    page = {"data": messages(listed), "has_more": has_more}
    laid_over = lay_over(page, Seen(Cursor("x", 1), messages(seen), []))
    return " ".join(message["id"] for message in laid_over["data"])


@pytest.mark.parametrize(
    ("listed", "seen", "has_more", "expected"),
    [
        ("c b a", "c b a", False, "c b a"),
        ("c a", "c b a", False, "c b a"),
        ("b a", "c b a", False, "c b a"),
        ("c x a", "c b a", False, "c x b a"),
        ("c y", "c b", True, "c b y"),
        ("c b", "c b a", True, "c b"),
        ("c b", "c b a", False, "c b a"),
        ("y@2 x@1", "b@3 a@3", True, "b a y x"),
        ("y@4 x@1", "b@3 a@3", True, "y b a x"),
        ("y@4 x@3", "b@3 a@3", True, "y x"),
        ("y@4 x@3", "b@2 a@2", False, "y x b a"),
        ("", "b a", False, "b a"),
    ],
    ids=[
        "nothing is missing",
        "between two that are listed",
        "the newest",
        "right above the next older one, whoever wrote between",
        "right below the next newer one, above those from before the log",
        "not what the next page holds",
        "at the end of the whole thread",
        "the newest by time, none is listed",
        "by time, none is listed",
        "not what may be on the next page, none is listed",
        "the oldest by time, none is listed",
        "into an empty thread",
    ],
)
def test_a_seen_message_has_its_place(
    listed: str,
    seen: str,
    has_more: bool,  # noqa: FBT001  (a column of the table)
    expected: str,
) -> None:
    assert laid(listed, seen, has_more=has_more) == expected


def test_sixty_messages_of_one_second_stay_in_order_over_pages() -> None:
    seen = " ".join(f"m{n}@7" for n in reversed(range(60)))
    listed = " ".join(f"m{n}@7" for n in reversed(range(10, 60)))

    assert laid(listed, seen, has_more=True).split() == [f"m{n}" for n in reversed(range(10, 60))]


def test_a_message_that_the_upstream_never_closed_is_shown_as_it_was_seen() -> None:
    page = {"data": messages("b! a"), "has_more": False}

    laid_over = lay_over(page, Seen(Cursor("x", 1), messages("b a"), []))

    assert [message["status"] for message in laid_over["data"]] == ["completed", "completed"]


def test_the_ends_of_the_page_are_those_of_the_messages_in_it() -> None:
    page = {"data": messages("b"), "has_more": False, "first_id": "b", "last_id": "b"}

    laid_over = lay_over(page, Seen(Cursor("x", 1), messages("c b a"), []))

    assert (laid_over["first_id"], laid_over["last_id"]) == ("c", "a")
